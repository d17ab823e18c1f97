"""Draw up an invitation to tender: start it, say what is bought, for how much, by when, and where it is published."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.parsing.text import one_line, require_length, require_text, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import take
from portal.localities.queries import find_locality
from portal.organisations.models import ContractingAuthority
from portal.regulation.central_platform import read_reference, require_basis
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import local_date
from portal.regulation.regimes import resolve_regime
from portal.tendering import requirements
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task, require_closing, require_own_number, tender_duty
from portal.tendering.inheriting import codes_of
from portal.tendering.interests.declaring import note_influence
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import whole
from portal.tendering.requirements import Occasions
from portal.tendering.starting_outcomes import example_outcomes
from portal.tendering.starting_points import StartingPoint, fill_with_three_panels
from portal.tendering.states import ITT, IttStatus
from portal.tendering.timetable import USUAL_VALIDITY

NO_OCCASIONS = Occasions()

LONGEST_EASY_READ = 1_000
"""Characters: what a young person reads before they start."""


def create_itt(
    *,
    authority: ContractingAuthority,
    title: str,
    start: StartingPoint = StartingPoint.THREE_PANELS,
    actor: Actor,
    now: datetime,
) -> InvitationToTender:
    """Start a draft for an authority: with one lot, a reference, and the chosen starting point.

    The law is the one of the day on which it commences (PA2023, SI 2024/716). `THREE_PANELS` fills in a worked
    example with everything but timetable and publication basis. Records ITT_DRAFTED. Raises `NotAllowed`,
    `NotFound` for another authority, `InvalidInput` (field `title`).
    """
    policy.require(actor, Verb.DRAFT_ITT, authority)
    itt = InvitationToTender(
        reference=new_reference("ITT"),
        authority=authority,
        authority_id=authority.id,
        title=require_text(one_line(title), "Give the procurement a title.", field="title"),
        created_by_id=actor.user_id,
        regime=resolve_regime(local_date(now)),
        cpv_codes=[],
        break_months=[],
        tie_break=[],
        light_touch=False,
    )
    itt.lots = [Lot(number=1, title=itt.title)]
    if start is StartingPoint.THREE_PANELS:
        fill_with_three_panels(itt)
    db.session.add(itt)
    db.session.flush()
    if start is StartingPoint.THREE_PANELS:
        db.session.add_all(example_outcomes(itt.id))
    note_influence(itt, actor)
    record(EventKind.ITT_DRAFTED, itt, actor=actor, reference=itt.reference, start=start.value)
    return itt


def describe_service(
    *,
    itt: InvitationToTender,
    title: str,
    description: str,
    cpv_codes: Sequence[str],
    locality_id: uuid.UUID | None = None,
    easy_read: str | None = None,
    actor: Actor,
) -> None:
    """Say what is bought: title, description and CPV codes, from which light touch follows (PR24 Sch 1), and for where.

    `easy_read` says the same in easy words, at most LONGEST_EASY_READ characters; None leaves it. A single lot takes
    the title; without a locality it is for the whole area. Raises `InvalidInput` beside `title`, `description`,
    `easy_read` or `cpv_codes`, `NotFound` for another authority's locality, and whatever `begin_change` raises.
    Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    itt.locality = find_locality(locality_id, itt.authority_id) if locality_id is not None else None
    itt.title = require_text(one_line(title), "Give the procurement a title.", field="title")
    itt.description = require_text(description, "Describe the service.", field="description")
    if easy_read is not None:
        itt.easy_read = require_length(tidy(easy_read), LONGEST_EASY_READ, field="easy_read")
    itt.cpv_codes, itt.light_touch = codes_of(itt, cpv_codes)
    if len(itt.lots) == 1:
        itt.lots[0].title = itt.title
    record_change(itt, actor, Task.SERVICE, light_touch=itt.light_touch)


def set_value_and_term(
    *,
    itt: InvitationToTender,
    estimated_value: Decimal | None,
    term_months: int | None,
    break_months: Sequence[int],
    actor: Actor,
) -> None:
    """Say how much it is worth (pounds including VAT, breaks ignored: PA2023 Sch 3) and how long it lasts.

    Several lots have a value each and the whole is worth their sum, whatever `estimated_value` says.
    `term_months` and `break_months` count from the start of the contract. Raises `InvalidInput` beside
    `estimated_value`, `term_months` or `break_months`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    is_whole = len(itt.lots) == 1
    if is_whole:
        requirements.require_value(estimated_value)
    requirements.require_term(term_months, break_months)
    if is_whole:
        itt.estimated_value = estimated_value
    itt.term_months = term_months
    itt.break_months = sorted(break_months)
    record_change(itt, actor, Task.VALUE)


def set_timetable(
    *,
    itt: InvitationToTender,
    closes_at: datetime | None,
    award_date: date | None,
    contract_start_date: date | None,
    actor: Actor,
    now: datetime,
    questions_until: datetime | None = None,
    answers_by_date: date | None = None,
    occasions: Occasions = NO_OCCASIONS,
    validity_days: int | None = USUAL_VALIDITY,
) -> None:
    """Say when bidding closes (an aware instant), when the decision is expected and when the contract starts.

    `questions_until` (an aware instant; None: until bidding closes) ends the time for bidders' questions, and
    `answers_by_date` says by when they are answered. `occasions` are the days on which bidders come. `validity_days` is
    for how long after the closing bids stand.

    Raises `InvalidInput` beside `validity_days`, `questions_end`, `answers_by_date`, `closes`, `award_date`,
    `contract_start_date`, `visit_date`, `visit_words`, `presentations_date` or `presentations_words`: a closing time in
    the past, one before the minimum tendering period (PA2023 s.54; of a call-off from a DPS PCR2015 reg 34(11)), a
    timetable that runs backwards; `CallOffRefused` (`closes`) after the framework's end. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    require_closing(itt, closes_at, now)
    requirements.require_dates(closes_at, award_date, contract_start_date)
    requirements.require_time_for_questions(questions_until, answers_by_date, closes_at, now)
    requirements.require_validity(validity_days, closes_at, award_date)
    requirements.require_words_of(occasions)
    requirements.require_occasions(occasions.visit_date, occasions.presentations_date, closes_at, award_date)
    for name, said in vars(occasions).items():
        setattr(itt, name, tidy(said) if isinstance(said, str) else said)
    itt.questions_until, itt.answers_by_date, itt.validity_days = questions_until, answers_by_date, validity_days
    itt.closes_at, itt.award_date, itt.contract_start_date = closes_at, award_date, contract_start_date
    record_change(itt, actor, Task.TIMETABLE, closes_at=closes_at)


def set_publication_basis(
    *,
    itt: InvitationToTender,
    basis: PublicationBasis,
    central_reference: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say why it may be published here (PR24 reg 5(11)); what does not belong to the basis is cleared.

    The notice is sent once the draft is approved, so that its number takes no approval back.

    Raises `InvalidInput` beside `publication_basis`, `central_reference` (also for the number of another invitation
    that is published) or `publication_reason`. Records
    ITT_CHANGED.
    """
    begin_change(itt, actor, keeps_approval=True)
    reference = read_reference(one_line(central_reference)) if basis is PublicationBasis.CENTRAL_REFERENCE else None
    said = tidy(reason) if basis is PublicationBasis.FALLBACK else ""
    require_basis(basis, reference, said, duty=tender_duty(itt, now))
    require_own_number(itt, reference)
    itt.publication_basis, itt.central_reference, itt.publication_reason = basis, reference, said
    record_change(itt, actor, Task.PUBLICATION, basis=basis.value)


def discard_draft(*, itt: InvitationToTender, actor: Actor) -> None:
    """Give a draft up: it stays in the records, nobody outside ever saw it, and it cannot be taken up again.

    Raises `WrongState` once it is published (ending a published procurement takes two people: `portal/ending`).
    Records ITT_CANCELLED.
    """
    take(itt, Verb.DISCARD_DRAFT, *whole(), actor=actor)
    itt.status = ITT.move(itt.status, IttStatus.DISCARDED)
    record(EventKind.ITT_CANCELLED, itt, actor=actor, was="draft")
