"""Who looks after a procurement."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications.letters import itt_handed_over
from portal.notifications.models import Message
from portal.tendering.owning import hand_over
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import draft_itt, make_commissioner
from tests.filling import fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")


def test_whoever_begins_it_looks_after_it() -> None:
    """A draft is on the desk of its author."""
    author = make_commissioner()
    assert draft_itt(actor=author).owner_id == author.user_id


def test_it_is_handed_to_a_colleague_who_hears_of_it() -> None:
    """The next owner gets a letter that leads to it; who took it themselves needs none."""
    itt = draft_itt()
    colleague = make_person(Role.COMMISSIONER, authority=itt.authority)
    hand_over(itt=itt, owner_id=colleague.id, actor=make_commissioner(itt.authority))
    event = events_of(itt.id)[-1]
    itt_handed_over(event)
    letter = db.session.scalars(select(Message).where(Message.event_id == event.id)).one()
    assert (letter.user_id, letter.link) == (colleague.id, f"/commissioning/itts/{itt.reference}")
    taker = make_commissioner(itt.authority)
    hand_over(itt=itt, owner_id=taker.user_id, actor=taker)
    event = events_of(itt.id)[-1]
    itt_handed_over(event)
    assert db.session.scalars(select(Message).where(Message.event_id == event.id)).all() == []


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_only_a_commissioner_of_the_authority_can_have_it(role: Role) -> None:
    """Nobody else's desk shows what a commissioner has to do."""
    itt = draft_itt()
    actor = make_commissioner(itt.authority)
    others = (make_person(role, authority=itt.authority), make_person(Role.COMMISSIONER), itt.owner)
    for person in others:
        with pytest.raises(InvalidInput, match="a commissioner of your authority"):
            hand_over(itt=itt, owner_id=person.id, actor=actor)
    with pytest.raises(NotAllowed):
        hand_over(itt=itt, owner_id=itt.owner_id, actor=actor_of(make_person(role, authority=itt.authority)))


def test_the_page_hands_it_over(client: CheckedClient) -> None:
    """The hub names who looks after it, and leads to the page that changes it."""
    itt = draft_itt()
    me, colleague = (make_person(Role.COMMISSIONER, authority=itt.authority) for _ in range(2))
    sign_in(client, me)
    page = f"/commissioning/itts/{itt.reference}/owner"
    assert page in client.get(f"/commissioning/itts/{itt.reference}").text
    assert "Choose" in text_of(fill(client, page))
    after = fill(client, page, {"owner": str(colleague.id)})
    assert f"{colleague.display_name} looks after it now." in client.get(after.location).text
