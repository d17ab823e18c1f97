"""Draw up a framework, dynamic purchasing system or dynamic market: what, how long, on which terms, where published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, require_text, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.frameworks import requirements, terms
from portal.frameworks.changing import begin_change, record_change
from portal.frameworks.checking import Task
from portal.frameworks.models import Framework, Participant
from portal.frameworks.standard_questions import standard_questionnaire
from portal.frameworks.structure import conditions_of
from portal.frameworks.terms import FeePayer, Validity
from portal.frameworks.titling import put_title
from portal.organisations.models import ContractingAuthority
from portal.regulation.framework_law import law_of
from portal.regulation.kinds import FrameworkKind
from portal.regulation.local_time import local_date
from portal.regulation.queries import require_codes

MOST_PROVIDERS_BEFORE = 100_000


def create_framework(
    *,
    authority: ContractingAuthority,
    kind: FrameworkKind,
    title: str,
    title_confirmed: bool = False,
    established_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> Framework:
    """Start a draft for its lead authority: with a reference, the standard questionnaire, and the law of its day.

    `established_on` is for one that exists already; without it, it is established when it goes live. The lead
    authority is its first participant. Records FRAMEWORK_DRAFTED. Raises `NotAllowed`, `NotFound` for another
    authority, what `put_title` raises, `RegimeRefused` and `AgainstTerms` (field `established_on`): a DPS
    needs an establishment before 24 February 2025 (SI 2024/716 reg 5).
    """
    policy.require(actor, Verb.DRAFT_FRAMEWORK, authority)
    today = local_date(now)
    if established_on is not None and established_on > today:
        raise InvalidInput("The day on which it was established is in the future.", field="established_on")
    regime = terms.regime_of(kind, established_on or today)
    framework = Framework(
        reference=new_reference(law_of(kind, regime).prefix),
        authority=authority,
        authority_id=authority.id,
        kind=kind,
        regime=regime,
        light_touch=False,
        cpv_codes=[],
        established_on=established_on,
        questionnaire=standard_questionnaire(regime).to_dict(),
        created_by_id=actor.user_id,
    )
    put_title(framework, title, confirmed=title_confirmed)
    framework.participants = [Participant(authority=authority, committed_on=today, commitment="Lead authority")]
    db.session.add(framework)
    db.session.flush()
    record(
        EventKind.FRAMEWORK_DRAFTED,
        framework,
        actor=actor,
        reference=framework.reference,
        framework_kind=kind.value,
        regime=regime.value,
    )
    return framework


def describe_framework(
    *,
    framework: Framework,
    title: str,
    description: str,
    cpv_codes: Sequence[str],
    estimated_value: Decimal | None,
    replaces: str = "",
    providers_before: int | None = None,
    title_confirmed: bool = False,
    actor: Actor,
) -> None:
    """Say what is bought: title, description, CPV codes (light touch follows: PR24 Sch 1), value, what it replaces.

    `estimated_value` is in pounds including VAT: the sum of all call-offs (PA2023 Sch 3). Raises `InvalidInput`
    beside the field, and what `put_title` and `begin_change` raise. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    put_title(framework, title, confirmed=title_confirmed)
    framework.description = require_text(description, "Describe what is bought.", field="description")
    framework.cpv_codes, framework.light_touch = require_codes(cpv_codes)
    requirements.require_value(estimated_value)
    if providers_before is not None and not 0 <= providers_before <= MOST_PROVIDERS_BEFORE:
        raise InvalidInput("Give the number of providers before, such as 12.", field="providers_before")
    framework.estimated_value = estimated_value
    framework.replaces, framework.providers_before = one_line(replaces), providers_before
    record_change(framework, actor, Task.ABOUT, light_touch=framework.light_touch)


def set_validity(*, framework: Framework, validity: Validity, actor: Actor, now: datetime) -> None:
    """Say when it was established, from when until when it is valid, and why that is longer than usual.

    The regime follows the establishment (SI 2024/716), and the standard questions the regime. Records
    FRAMEWORK_CHANGED. Raises `InvalidInput`, `RegimeRefused` or `AgainstTerms` beside `established_on`,
    `valid_from`, `valid_until`, `term_reason` or `is_open_framework`, each with its section; `TermsFrozen` once it
    is live: the validity of a DPS is frozen (SI 2024/716 reg 5(3)).
    """
    begin_change(framework, actor)
    today = local_date(now)
    if validity.established_on is not None and validity.established_on > today:
        raise InvalidInput("The day on which it was established is in the future.", field="established_on")
    regime = terms.regime_of(framework.kind, validity.established_on or today)
    terms.require_validity(law_of(framework.kind, regime), validity, light_touch=framework.light_touch)
    if regime is not framework.regime:
        questionnaire = standard_questionnaire(regime, conditions_of(framework))
        framework.regime, framework.questionnaire = regime, questionnaire.to_dict()
    framework.established_on = validity.established_on
    framework.valid_from, framework.valid_until = validity.begins, validity.ends
    framework.term_reason, framework.is_open_framework = tidy(validity.term_reason), validity.is_open_framework
    record_change(
        framework, actor, Task.TERM, regime=regime.value, valid_from=validity.begins, valid_until=validity.ends
    )


def set_terms(
    *,
    framework: Framework,
    how_it_works: str,
    decision_days: int | None,
    fee_payer: FeePayer = FeePayer.NOBODY,
    fee_percent: Decimal | None = None,
    suspension_terms: str = "",
    direct_award_terms: str = "",
    publishes_members: bool = True,
    actor: Actor,
) -> None:
    """Say how it works: joining and calling off in words, the time to decide, a fee, suspension, direct award.

    `decision_days` are working days; `fee_percent` is of a contract's estimated value. Raises `InvalidInput` and
    `AgainstTerms` beside the field: a fee on a DPS or on anybody not awarded (PCR2015 reg 34(29); PA2023 s.38), a
    direct award or a suspension where there is none. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    law = framework.law
    text = require_text(how_it_works, "Say how providers join and how work is called off.", field="how_it_works")
    terms.require_decision_days(law, decision_days)
    terms.require_fee(law, fee_percent, fee_payer)
    terms.require_suspension_allowed(law, suspension_terms)
    terms.require_direct_award_allowed(law, direct_award_terms)
    framework.how_it_works = text
    framework.decision_days = decision_days or 0
    framework.fee_percent = fee_percent if fee_payer is FeePayer.AWARDED else None
    framework.suspension_terms, framework.direct_award_terms = tidy(suspension_terms), tidy(direct_award_terms)
    framework.publishes_members = publishes_members
    record_change(framework, actor, Task.TERMS, decision_days=decision_days, fee_percent=framework.fee_percent)


def set_publication(*, framework: Framework, reference: str, reason: str, actor: Actor) -> None:
    """Say where its notice was published first, or why there is none on the central platform (PR24 reg 5(11)).

    A reference wins over a reason. Raises `InvalidInput` beside `publication_reference`. Records
    FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    given, said = one_line(reference) or None, tidy(reason)
    requirements.require_publication(given, said)
    framework.publication_reference, framework.publication_reason = given, "" if given else said
    record_change(framework, actor, Task.PUBLICATION, central_reference=given)
