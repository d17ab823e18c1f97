"""The platform's own administrators: one always stays."""

from __future__ import annotations

import pytest

from portal.accounts.administrators import create_administrator
from portal.accounts.models import User
from portal.accounts.platform_people import end_platform_access, platform_people
from portal.accounts.sessions import find_signed_in, start_session
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.filling import fill, text_of

NOW = clock.now()
HERE = "/account/platform"

pytestmark = pytest.mark.usefixtures("db_session")


def administrator() -> User:
    """One of them."""
    return make_person(Role.PLATFORM_ADMINISTRATOR)


def test_one_ends_the_access_of_another_at_once() -> None:
    """Role and sessions; the record says it."""
    first, second = administrator(), administrator()
    token = start_session(user_id=second.id, now=NOW)
    db.session.flush()
    end_platform_access(person=second, actor=actor_of(first), now=NOW)
    assert (actor_of(second).roles, find_signed_in(token, NOW)) == (frozenset(), None)
    assert platform_people(actor_of(first)) == [first]
    assert events_of("system")[-1].kind == EventKind.MEMBERSHIP_ENDED


def test_nobody_ends_their_own_and_of_two_who_end_each_other_s_one_stays() -> None:
    """Whose access has ended meanwhile ends nobody's any more."""
    first, second = administrator(), administrator()
    late = actor_of(second)
    with pytest.raises(InvalidInput, match="your own"):
        end_platform_access(person=first, actor=actor_of(first), now=NOW)
    end_platform_access(person=second, actor=actor_of(first), now=NOW)
    with pytest.raises(NotFound):
        end_platform_access(person=first, actor=late, now=NOW)
    assert actor_of(first).roles == {Role.PLATFORM_ADMINISTRATOR}


def test_a_new_one_from_the_command_line_ends_the_last_one_s_access() -> None:
    """The way when the platform's last administrator is gone."""
    gone = administrator()
    made = create_administrator(name="Demo New", email="new@people.example", password="three random words")
    end_platform_access(person=gone, actor=actor_of(made), now=NOW)
    assert platform_people(actor_of(made)) == [made]


def test_the_pages_are_for_the_platform_s_administrators(client: CheckedClient) -> None:
    """The list names them, ending asks first; an authority's administrator reaches neither."""
    first, second = administrator(), administrator()
    sign_in(client, make_person(Role.AUTHORITY_ADMINISTRATOR))
    assert client.get(HERE).status_code == 403
    sign_in(client, first)
    assert "Administrators of the portal" in text_of(client.get("/account"))
    assert second.display_name in text_of(client.get(HERE))
    address = f"{HERE}/{second.id}/end"
    client.get(address)
    assert actor_of(second).roles
    assert fill(client, address).location == HERE
    assert second.display_name not in text_of(client.get(HERE))
    assert client.get(f"{HERE}/{make_person(Role.SUBMITTER).id}/end").status_code == 404
