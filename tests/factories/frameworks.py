"""Frameworks, dynamic purchasing systems and dynamic markets for tests, and their members."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from portal.core import clock
from portal.core.references import new_reference
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Band, Framework, FrameworkCriterion, FrameworkLot, JoiningWindow, Participant
from portal.frameworks.questionnaire import AnswerKind, Judged, Question, Section, SelectionQuestionnaire
from portal.frameworks.states import FrameworkStatus
from portal.joining.models import Application
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.local_time import local_date
from tests.factories.organisations import make_authority, make_provider

DPS_ESTABLISHED = date(2017, 10, 1)
AREAS = ["Demotown", "Demoshire"]
PLACEMENT_TYPES = ["Residential", "Short breaks"]

_numbers = count(1)


def tiny_questionnaire(lots: int = 2) -> SelectionQuestionnaire:
    """Five questions of every sort: information, one judged by itself with a follow-up, evidence, and one of lot 2."""
    registered = Question(
        "registered",
        "Are you registered with Ofsted for this lot?",
        AnswerKind.YES_NO,
        judged=Judged.ITSELF,
        passes="yes",
        lots=(2,),
    )
    return SelectionQuestionnaire(
        (
            Section(
                "about",
                "About you",
                questions=(Question("contact", "Who should we talk to?", profile="contact_name"),),
            ),
            Section(
                "exclusion",
                "Reasons to exclude",
                questions=(
                    Question(
                        "convicted",
                        "Has your organisation been convicted of fraud in the last five years?",
                        AnswerKind.YES_NO,
                        judged=Judged.ITSELF,
                        passes="no",
                        law="PA2023 Sch 6",
                    ),
                    Question(
                        "put_right",
                        "What have you done so that it cannot happen again?",
                        judged=Judged.PERSON,
                        asked_if=("convicted", "yes"),
                        law="PA2023 s.58",
                    ),
                ),
            ),
            Section(
                "conditions",
                "Conditions",
                questions=(
                    Question(
                        "insurance",
                        "Your public liability insurance certificate",
                        AnswerKind.EVIDENCE,
                        judged=Judged.PERSON,
                        profile="public_liability",
                        expires=True,
                    ),
                    *((registered,) if lots > 1 else ()),
                ),
            ),
        )
    )


def draft_framework(
    *,
    kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET,
    lots: int = 1,
    authority: ContractingAuthority | None = None,
    valid_for: timedelta = timedelta(days=365),
    live_ago: timedelta = timedelta(days=30),
    suspension_terms: str = "",
    direct_award_terms: str = "",
    questionnaire: SelectionQuestionnaire | None = None,
    bands: int = 0,
    quality_by_young_people: bool = False,
    **details: Any,
) -> Framework:
    """A draft that lacks nothing but going live; the arguments are those of `live_framework`."""
    authority = authority or make_authority()
    now = clock.now()
    until = now + valid_for
    start = min(now, until) - live_ago
    is_dps = kind is FrameworkKind.DPS
    framework = Framework(
        **{
            "reference": new_reference("FWK"),
            "authority": authority,
            "authority_id": authority.id,
            "kind": kind,
            "regime": Regime.PCR2015 if is_dps else Regime.PA2023,
            "light_touch": True,
            "title": f"Homes and fostering for children {next(_numbers)}",
            "description": "Homes, fostering and short breaks for children and young people.",
            "how_it_works": "Apply to a lot at any time. Everybody on a lot is invited to each call-off.",
            "cpv_codes": ["85311300"],
            "estimated_value": Decimal(10_000_000),
            "established_on": DPS_ESTABLISHED if is_dps else local_date(start),
            "valid_from": start,
            "valid_until": until,
            "publication_reference": "012345-2026",
            "suspension_terms": suspension_terms,
            "direct_award_terms": direct_award_terms,
            "questionnaire": (questionnaire or tiny_questionnaire(lots)).to_dict(),
        }
        | details
    )
    framework.lots = [_lot(number, bands) for number in range(1, lots + 1)]
    framework.criteria = [
        FrameworkCriterion(
            position=1,
            title="Quality",
            lowest_weight=Decimal(40),
            highest_weight=Decimal(80),
            by_young_people=quality_by_young_people,
        ),
        FrameworkCriterion(position=2, title="Price", lowest_weight=Decimal(20), highest_weight=Decimal(60)),
    ]
    framework.participants = [
        Participant(authority=authority, committed_on=local_date(start), commitment="Demo Cabinet, minute 1")
    ]
    if kind is FrameworkKind.FRAMEWORK and "windows" not in details:
        framework.windows = [JoiningWindow(opens_at=start, closes_at=until)]
    db.session.add(framework)
    db.session.flush()
    return framework


def live_framework(
    *,
    kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET,
    lots: int = 1,
    authority: ContractingAuthority | None = None,
    valid_for: timedelta = timedelta(days=365),
    live_ago: timedelta = timedelta(days=30),
    suspension_terms: str = "",
    direct_award_terms: str = "",
    questionnaire: SelectionQuestionnaire | None = None,
    bands: int = 0,
    **details: Any,
) -> Framework:
    """A live one, valid until `valid_for` from now (negative: it has expired), which went live `live_ago` ago.

    Its lots are numbered from 1, each with `bands` bandings, the areas `AREAS` and the placement types
    `PLACEMENT_TYPES`; its criteria are Quality (40 to 80 per cent) and Price (20 to 60). The lead authority is a
    participant. A FRAMEWORK has one window, as long as its validity. `details` are columns of the framework, or say
    that young people score Quality (`quality_by_young_people`).
    """
    framework = draft_framework(
        kind=kind,
        lots=lots,
        authority=authority,
        valid_for=valid_for,
        live_ago=live_ago,
        suspension_terms=suspension_terms,
        direct_award_terms=direct_award_terms,
        questionnaire=questionnaire,
        bands=bands,
        **details,
    )
    framework.questionnaire_hash = (questionnaire or tiny_questionnaire(lots)).hash()
    framework.live_at = framework.valid_from
    framework.status = FrameworkStatus.LIVE
    db.session.flush()
    return framework


def participant(framework: Framework, authority: ContractingAuthority | None = None) -> ContractingAuthority:
    """A further authority (a new one where none is given) that has committed itself to the framework."""
    authority = authority or make_authority()
    framework.participants.append(
        Participant(authority=authority, committed_on=clock.today(), commitment="Demo letter of 1 June")
    )
    db.session.flush()
    return authority


def admit(
    lot: FrameworkLot,
    provider: Provider | None = None,
    at: datetime | None = None,
    application: Application | None = None,
) -> Admission:
    """An active member of the lot: the provider (a new one where none is given), admitted at `at` or now."""
    admission = Admission(
        framework_id=lot.framework_id,
        lot_id=lot.id,
        provider=application.provider if application and provider is None else provider or make_provider(),
        application_id=application.id if application else None,
        admitted_at=at or clock.now(),
    )
    db.session.add(admission)
    db.session.flush()
    return admission


def _lot(number: int, bands: int) -> FrameworkLot:
    return FrameworkLot(
        number=number,
        title=f"Lot title {number}",
        definition="Care for up to four children in one home.",
        cpv_codes=["85311300"],
        areas=list(AREAS),
        placement_types=list(PLACEMENT_TYPES),
        bands=[
            Band(position=place, title=f"Band {place}", description=f"Need of level {place}.")
            for place in range(1, bands + 1)
        ],
    )


def active_members(lot_id: uuid.UUID, instant: datetime) -> list[Admission]:
    """The active members of a lot at `instant`, in order of admission."""
    active = select(Admission).where(Admission.lot_id == lot_id, Admission.is_active(instant))
    return list(db.session.scalars(active.order_by(Admission.admitted_at, Admission.id)))
