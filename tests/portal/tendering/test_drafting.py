"""Drawing up an invitation: starting it, and what is bought, for how much, by when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.audit.queries import events_of
from portal.core.drafts import NotReady
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import PublicationBasis, Regime
from portal.tendering.drafting import (
    LONGEST_EASY_READ,
    create_itt,
    describe_service,
    discard_draft,
    set_publication_basis,
    set_timetable,
    set_value_and_term,
)
from portal.tendering.models import InvitationToTender
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, make_commissioner, publish, published_itt, ready_itt

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def kinds_of(itt: InvitationToTender) -> list[str]:
    """What the ledger says happened to it."""
    return [event.kind for event in events_of(itt.id)]


def test_a_draft_starts_with_a_reference_and_a_lot(db_session: object) -> None:
    """It belongs to the authority, is governed by the law of the day, has one lot, and is in the ledger."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, title="  Early help  ", start=StartingPoint.EMPTY, now=NOW)
    assert itt.reference.startswith("ITT-")
    assert (itt.title, itt.status, itt.regime, itt.light_touch) == ("Early help", IttStatus.DRAFT, Regime.PA2023, False)
    assert [(lot.number, lot.title) for lot in itt.lots] == [(1, "Early help")]
    assert (itt.panels, itt.criteria, itt.questions, itt.scales) == ([], [], [], [])
    event = events_of(itt.id)[0]
    assert (event.kind, event.actor_id) == ("itt_drafted", actor.user_id)
    assert event.data == {"reference": itt.reference, "start": "empty"}


def test_the_example_has_three_panels_and_four_parts(db_session: object) -> None:
    """Local, young people's and parents' panel, price, seven questions, 30 months with breaks at 12 and 18."""
    itt = draft_itt()
    assert [panel.name for panel in itt.panels] == ["Local panel", "Young people’s panel", "Parents’ panel"]
    assert (itt.term_months, itt.break_months, itt.light_touch) == (30, [12, 18], True)
    assert len(itt.questions) == 7
    assert (itt.closes_at, itt.central_reference) == (None, None)
    assert all(band.label and band.descriptor and band.plain_words for band in itt.scales[0].bands)


def test_a_draft_needs_a_title(db_session: object) -> None:
    """Blank is refused beside the field."""
    with pytest.raises(InvalidInput) as refused:
        draft_itt(title=" ")
    assert refused.value.field == "title"


def test_only_the_authoritys_commissioner_starts_a_draft(db_session: object) -> None:
    """A colleague with another role is refused; another authority does not exist."""
    authority = make_authority()
    approver = actor_of(make_person(Role.APPROVER, authority=authority))
    with pytest.raises(NotAllowed):
        create_itt(authority=authority, title="Early help", actor=approver, now=NOW)
    with pytest.raises(NotFound):
        create_itt(authority=authority, title="Early help", actor=make_commissioner(), now=NOW)


def test_describing_the_service_decides_light_touch(db_session: object) -> None:
    """Codes of Schedule 1 alone make it light touch; the single lot takes the title."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    describe_service(itt=itt, title="Counselling", description=" For families ", cpv_codes=["85312320-8"], actor=actor)
    assert (itt.title, itt.description, itt.cpv_codes) == ("Counselling", "For families", ["85312320"])
    assert (itt.light_touch, itt.lots[0].title) == (True, "Counselling")
    assert kinds_of(itt) == ["itt_drafted", "itt_changed"]
    assert events_of(itt.id)[-1].data == {"part": "service", "light_touch": True}


def test_it_is_said_in_easy_words_too(db_session: object) -> None:
    """Kept where nothing is said of them, taken away by an empty box, and too many are refused beside the box."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)

    def describe(**said: str) -> None:
        described = {"title": "Counselling", "description": "For families.", "cpv_codes": ["85312320-8"]}
        describe_service(itt=itt, actor=actor, **described, **said)  # type: ignore[arg-type]

    describe(easy_read=" We want someone for you to talk to. ")
    describe()
    assert itt.easy_read == "We want someone for you to talk to."
    describe(easy_read="")
    assert itt.easy_read == ""
    with pytest.raises(InvalidInput) as refusal:
        describe(easy_read="x" * (LONGEST_EASY_READ + 1))
    assert refusal.value.field == "easy_read"


def test_value_and_term_are_saved_in_order(db_session: object) -> None:
    """Break points are kept in order, and a refusal changes nothing."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor, start=StartingPoint.EMPTY)
    set_value_and_term(itt=itt, estimated_value=Decimal(240000), term_months=30, break_months=[18, 12], actor=actor)
    assert (itt.estimated_value, itt.term_months, itt.break_months) == (Decimal(240000), 30, [12, 18])
    with pytest.raises(InvalidInput):
        set_value_and_term(itt=itt, estimated_value=Decimal(1), term_months=6, break_months=[12], actor=actor)
    assert itt.estimated_value == Decimal(240000)


def test_a_timetable_is_saved(db_session: object) -> None:
    """Closing time, decision and start; the closing time is in the ledger."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    closes_at = NOW + timedelta(days=14)
    set_timetable(
        itt=itt,
        closes_at=closes_at,
        award_date=date(2027, 1, 29),
        contract_start_date=date(2027, 4, 1),
        actor=actor,
        now=NOW,
    )
    assert (itt.closes_at, itt.award_date) == (closes_at, date(2027, 1, 29))
    assert events_of(itt.id)[-1].data == {"part": "timetable", "closes_at": str(closes_at)}


def test_a_publication_basis_keeps_only_what_belongs_to_it(db_session: object) -> None:
    """Changing from a reference to the fallback clears the reference, and back clears the reason."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    choose: Callable[..., None] = lambda basis: set_publication_basis(  # noqa: E731
        itt=itt, basis=basis, central_reference=" 012345-2026 ", reason=" It was down. ", actor=actor, now=NOW
    )
    choose(PublicationBasis.CENTRAL_REFERENCE)
    assert (itt.central_reference, itt.publication_reason) == ("012345-2026", "")
    choose(PublicationBasis.FALLBACK)
    assert (itt.central_reference, itt.publication_reason) == (None, "It was down.")


def test_a_notice_belongs_to_one_invitation(db_session: object) -> None:
    """A number that a published invitation has is refused when it is typed, and by the check before publication."""
    actor = make_commissioner()
    first, second = ready_itt(actor=actor), ready_itt(actor=actor)
    shared = {"basis": PublicationBasis.CENTRAL_REFERENCE, "central_reference": "012345-2026", "reason": ""}
    for itt in (first, second):
        set_publication_basis(itt=itt, actor=actor, now=NOW, **shared)
    publish(first, actor)
    with pytest.raises(NotReady, match=f"012345-2026 is the number of another .*{first.reference}"):
        publish(second, actor)
    with pytest.raises(InvalidInput) as refused:
        set_publication_basis(itt=second, actor=actor, now=NOW, **shared)
    assert refused.value.field == "central_reference"
    set_publication_basis(itt=second, actor=actor, now=NOW, **(shared | {"central_reference": "012346-2026"}))
    publish(second, actor)


def test_a_draft_can_be_discarded_once(db_session: object) -> None:
    """It stays, discarded, and cannot be edited or discarded again."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    discard_draft(itt=itt, actor=actor)
    assert (itt.status, kinds_of(itt)) == (IttStatus.DISCARDED, ["itt_drafted", "itt_cancelled"])
    with pytest.raises(WrongState):
        discard_draft(itt=itt, actor=actor)
    with pytest.raises(WrongState):
        describe_service(itt=itt, title="a", description="b", cpv_codes=["85311300"], actor=actor)


def edits(itt: InvitationToTender, actor: Any) -> dict[str, Callable[[], Any]]:
    """Every act of this module on a draft."""
    return {
        "describe": lambda: describe_service(
            itt=itt, title="Other", description="Other", cpv_codes=["80000000"], actor=actor
        ),
        "value": lambda: set_value_and_term(
            itt=itt, estimated_value=Decimal(1), term_months=1, break_months=[], actor=actor
        ),
        "timetable": lambda: set_timetable(
            itt=itt,
            closes_at=NOW + timedelta(days=90),
            award_date=date(2027, 5, 1),
            contract_start_date=date(2027, 6, 1),
            actor=actor,
            now=NOW,
        ),
        "basis": lambda: set_publication_basis(
            itt=itt,
            basis=PublicationBasis.FALLBACK,
            central_reference="",
            reason="Down",
            actor=actor,
            now=NOW,
        ),
        "discard": lambda: discard_draft(itt=itt, actor=actor),
    }


@pytest.mark.parametrize("act", ["describe", "value", "timetable", "basis", "discard"])
def test_nothing_changes_after_publication_or_by_others(db_session: object, act: str) -> None:
    """A published invitation is in the wrong state; a colleague of another role and a stranger are refused."""
    actor = make_commissioner()
    published = published_itt(actor=actor)
    with pytest.raises(WrongState):
        edits(published, actor)[act]()
    draft = draft_itt(actor=actor)
    authority = db.session.get(ContractingAuthority, actor.authority_id)
    with pytest.raises(NotAllowed):
        edits(draft, actor_of(make_person(Role.AUDITOR, authority=authority)))[act]()
    with pytest.raises(NotFound):
        edits(draft, make_commissioner())[act]()
    assert kinds_of(draft) == ["itt_drafted"]
