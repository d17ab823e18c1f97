"""Boards that stay up to date: 304 while nothing has happened, the new page once something has."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from portal.evaluation.results import diagnose_result
from portal.web.watching import WATCHES
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import LOCAL, agree_outside, moderating_itt, result_of
from tests.portal.evaluation.test_second_look import near

pytestmark = pytest.mark.usefixtures("db_session")


def asked(client: CheckedClient, page: str, tag: str) -> int:
    """What the page's script is answered that has the page with this ETag."""
    return client.get(page, headers={WATCHES: "1", "If-None-Match": tag}).status_code


def test_the_result_is_answered_with_nothing_until_something_happens(client: CheckedClient) -> None:
    """Whoever reloads gets the page; only the page's script is told that it has it already."""
    itt = near(diagnosed=False).itt
    page = f"/commissioning/itts/{itt.reference}/result"
    sign_in(client, make_person(Role.AUDITOR, authority=itt.authority))
    first = client.get(page)
    tag = first.headers["ETag"]
    assert "Look again" in first.text
    assert "watching.js" in first.text
    assert asked(client, page, tag) == 304
    assert client.get(page, headers={"If-None-Match": tag}).status_code == 200
    diagnose_result(result_id=result_of(itt).id)
    assert asked(client, page, tag) == 200


def test_the_moderation_board_shows_what_is_agreed_meanwhile(client: CheckedClient) -> None:
    """Another member sees it without a reload; nobody else's ETag is worth anything."""
    evaluation = moderating_itt(1, professionals=2, young_people=2, parents=2)
    chair, member = evaluation.moderator(LOCAL), evaluation.scorers(LOCAL)[-1]
    page = f"/panel/{chair.panel.id}/moderate"
    sign_in(client, member.user)
    tag = client.get(page).headers["ETag"]
    assert asked(client, page, tag) == 304
    assert asked(client, page, tag.replace(str(member.user.id), str(chair.user.id))) == 200
    agree_outside(evaluation, LOCAL, "safeguarding")
    assert asked(client, page, tag) == 200
