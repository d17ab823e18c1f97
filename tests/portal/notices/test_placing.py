"""A notice that the law wants on the central platform first: it waits here for its own number."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed
from portal.core.permissions import Role
from portal.extensions import db
from portal.notices.models import Notice
from portal.notices.placing import due_date, place_notice
from portal.notices.publishing import publish_release
from portal.notices.queries import waiting_notices
from portal.regulation.kinds import PublicationBasis, Regime
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.notices import (
    PUBLISHER,
    History,
    event_of,
    history,
    place,
    prepare_award,
    publish_all,
    publish_award,
    publish_contract,
    publish_tender,
)
from tests.factories.tendering import make_commissioner, published_itt

ABOVE = Decimal(700_000)
CENTRAL, FALLBACK, NOT_REQUIRED = PublicationBasis


def prepared(**options: Any) -> History:
    """A history above the threshold whose tender notice is out and whose award notice waits."""
    made = history(value=ABOVE, **options)
    publish_tender(made.itt)
    assert prepare_award(made) is None
    return made


def said(itt: InvitationToTender, **changes: Any) -> Notice:
    """Say where the first waiting notice is."""
    answers = {
        "basis": CENTRAL,
        "central_reference": "054321-2026",
        "published_date": clock.today(),
        "reason": "",
        "actor": make_commissioner(itt.authority),
        "now": clock.now(),
    } | changes
    return place_notice(prepared=waiting_notices(itt.id)[0], publisher=PUBLISHER, **answers)


def codes_of(itt: InvitationToTender) -> list[str]:
    """The notices that stand here, in order."""
    return list(db.session.scalars(select(Notice.kind_code).where(Notice.itt_id == itt.id).order_by(Notice.number)))


def test_nothing_appears_here_before_its_number(reference_data: Any) -> None:
    """The award notice is prepared once, told once, and not published, however often it is carried."""
    made = prepared()
    assert codes_of(made.itt) == ["UK4"]
    event_id = waiting_notices(made.itt.id)[0].event_id
    assert publish_release(event_id=event_id, publisher=PUBLISHER, now=clock.now()) is None
    told = select(Event).where(Event.chain == str(made.itt.id), Event.kind == EventKind.NOTICE_PREPARED.value)
    assert [event.data["kind_code"] for event in db.session.scalars(told)] == ["UK6"]


def test_each_notice_has_its_own_number(reference_data: Any) -> None:
    """The three notices of one procurement carry three numbers, and the release says its own."""
    made = history(value=ABOVE)
    notices = publish_all(made)
    assert len({notice.central_reference for notice in notices}) == 3
    for notice in notices:
        documents = [
            document
            for part in ("tender", "awards", "contracts")
            for held in _listed(json.loads(notice.text).get(part))
            for document in held.get("documents", [])
        ]
        assert [document["description"] for document in documents] == [
            f"Central digital platform reference: {notice.central_reference}"
        ]


def _listed(part: Any) -> list[Any]:
    return part if isinstance(part, list) else [part] if part else []


def test_the_number_of_another_notice_is_refused(reference_data: Any) -> None:
    """Neither the tender notice's own number nor that of any other notice here will do."""
    made, other = prepared(), published_itt()
    other.central_reference = "065432-2026"
    publish_tender(other)
    for reference in (str(made.itt.central_reference), "065432-2026"):
        with pytest.raises(InvalidInput, match="is the number of another notice here") as refused:
            said(made.itt, central_reference=reference)
        assert refused.value.field == "central_reference"
    assert codes_of(made.itt) == ["UK4"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"central_reference": "12345-2026"}, "central_reference"),
        ({"published_date": None}, "published_date"),
        ({"published_date": clock.today() + timedelta(days=1)}, "published_date"),
        ({"published_date": clock.today() - timedelta(days=1)}, "published_date"),
        ({"basis": FALLBACK, "reason": " "}, "publication_reason"),
        ({"basis": NOT_REQUIRED}, "publication_basis"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(reference_data: Any, changes: Any, field: str) -> None:
    """No number, no day, a day ahead or before the bidders were told, no reason, no notice at all."""
    made = prepared()
    with pytest.raises(InvalidInput) as refused:
        said(made.itt, **changes)
    assert refused.value.field == field
    assert codes_of(made.itt) == ["UK4"]


def test_the_standstill_in_the_notice_counts_from_the_central_day(reference_data: Any) -> None:
    """Recorded three days later it still begins with the day on which the central platform published it (s.51(2))."""
    made = prepared()
    later = clock.now() + timedelta(days=3)
    notice = said(made.itt, now=later)
    [award] = json.loads(notice.text)["awards"]
    assert award["standstillPeriod"]["startDate"][:10] == clock.today().isoformat()
    assert (notice.central_date, notice.published_at) == (clock.today(), later)
    event = db.session.scalars(
        select(Event).where(Event.chain == str(made.itt.id), Event.kind == EventKind.NOTICE_PUBLISHED.value)
    ).all()[-1]
    assert event.data["announced"] == clock.today().isoformat()


def test_the_fallback_keeps_its_reason_on_the_notice(reference_data: Any) -> None:
    """Where the central platform could not, the reason is told and the day here counts."""
    made = prepared()
    notice = said(made.itt, basis=FALLBACK, reason="It was down for three days.", central_reference="", now=clock.now())
    assert (notice.basis, notice.central_reference, notice.central_date) == ("fallback", None, None)
    assert notice.publication_reason == "It was down for three days."


def test_it_is_published_once(reference_data: Any) -> None:
    """A second page that was open at the same time changes nothing."""
    made = prepared()
    waiting = waiting_notices(made.itt.id)[0]
    place(made.itt, now=clock.now())
    with pytest.raises(Conflict):
        place_notice(
            prepared=waiting,
            basis=CENTRAL,
            central_reference="054321-2026",
            published_date=clock.today(),
            reason="",
            actor=make_commissioner(made.itt.authority),
            publisher=PUBLISHER,
            now=clock.now(),
        )
    assert codes_of(made.itt) == ["UK4", "UK6"]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.OPENER])
def test_only_who_runs_the_procurement_says_so(reference_data: Any, role: Role) -> None:
    """Approvers, auditors and openers do not."""
    made = prepared()
    with pytest.raises(NotAllowed):
        said(made.itt, actor=actor_of(make_person(role, authority=made.itt.authority)))


def test_below_the_threshold_the_award_waits_for_nothing(reference_data: Any) -> None:
    """No award notice is asked there, so it is told here at once; the details notice has its own number (s.87(3))."""
    made = history()
    publish_tender(made.itt)
    award = publish_award(made)
    assert (award.basis, award.central_reference) == ("not_required", None)
    details = publish_contract(made)
    assert (details.basis, details.central_date) == ("central_reference", made.contract.signed_date)


def test_what_waits_for_an_earlier_notice_follows_it(reference_data: Any) -> None:
    """Under the 2015 Regulations a contract may come before the award notice; its release is told after it."""
    made = history()
    made.itt.regime = Regime.PCR2015
    publish_tender(made.itt)
    assert prepare_award(made) is None
    event = event_of(EventKind.CONTRACT_CONCLUDED, made.contract)
    assert publish_release(event_id=event, publisher=PUBLISHER, now=clock.now()) is None
    place(made.itt, now=clock.now())
    assert codes_of(made.itt) == ["UK4", "UK6", "UK7"]
    assert waiting_notices(made.itt.id) == []


def test_until_when_the_details_notice_is_due(reference_data: Any) -> None:
    """Light touch: 120 days beginning with the day of signature (PA2023 s.53(1))."""
    made = prepared()
    place(made.itt, now=clock.now())
    event = event_of(EventKind.CONTRACT_CONCLUDED, made.contract)
    publish_release(event_id=event, publisher=PUBLISHER, now=clock.now())
    [waiting] = waiting_notices(made.itt.id)
    assert due_date(waiting) == made.contract.signed_date + timedelta(days=119)


def test_every_release_of_a_contract_above_the_threshold_is_valid(
    reference_data: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """With its own number in each, the releases satisfy the schema of the UK profile."""
    check = faults_of("release")
    notices = publish_all(history(value=ABOVE))
    assert [check(json.loads(notice.text)) for notice in notices] == [[], [], []]
