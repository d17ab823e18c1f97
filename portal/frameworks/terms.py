"""What the law asks of each kind under each regime: pure rules, each refusal with its section.

The same rules run when a part of a draft is saved and again, all of them, before it goes live (checking.py). No
rule here knows a largest number of members: none may exist for a DPS or a dynamic market, so there is nothing to
set (PCR2015 reg 34(6); PA2023 s.36(7)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.core.clock import LONDON
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import has_text
from portal.regulation.deadline_rules import PCR_DPS_LAST_DAY, RULES
from portal.regulation.deadlines import dps_valid_until
from portal.regulation.framework_law import OPEN_FRAMEWORK_LAW, FrameworkLaw, law_of
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.local_time import local_date
from portal.regulation.regimes import require_dps_allowed, resolve_regime
from portal.regulation.working_days import years_later

FRAMEWORK_YEARS = 4
OPEN_FRAMEWORK_YEARS = 8
FIRST_AWARD_AGAIN_YEARS = 3
LATER_AWARD_AGAIN_YEARS = 5
LONGEST_DECISION_DAYS = 60
"""Working days; the law has no number for dynamic markets and frameworks, and a promise must mean something."""
LONGEST_TERM_YEARS = 50


class AgainstTerms(InvalidInput):
    """The law of this kind does not let it be so; `law` is the section."""

    code = "against_terms"

    def __init__(self, message: str, *, law: str, field: str | None = None) -> None:
        super().__init__(f"{message} ({law}).", field=field)
        self.law = law


class TermsFrozen(WrongState):
    """Providers joined under these terms, so they stay as they are; `law` is the section."""

    code = "terms_frozen"

    def __init__(self, law: FrameworkLaw) -> None:
        self.law = law.freezing
        super().__init__(
            f"This cannot be changed any more: providers join under these conditions while it lasts ({self.law})."
        )


class FeePayer(StrEnum):
    """Who pays for a framework's running, if anybody."""

    NOBODY = "nobody"
    AWARDED = "awarded"
    EVERY_MEMBER = "every_member"
    """Asked about so that it is refused with the section; no row can say it."""


@dataclass(frozen=True)
class Validity:
    """From when until when: aware instants, the end exclusive; `established_on` is a day in Europe/London."""

    established_on: date | None
    begins: datetime | None
    ends: datetime | None
    term_reason: str = ""
    is_open_framework: bool = False


def regime_of(kind: FrameworkKind, established_on: date) -> Regime:
    """Decide which law governs it, by the day on which it was established (SI 2024/716).

    Raises `RegimeRefused` for a DPS of 24 February 2025 or later, `AgainstTerms` for a dynamic market of before
    that day (both beside `established_on`).
    """
    regime = resolve_regime(established_on)
    known = law_of(kind, regime)
    if known.last_day_law:
        require_dps_allowed(established_on)
    elif known.regime is not regime:
        raise AgainstTerms(
            "Dynamic markets exist since 24 February 2025. If it was established before, record it as a dynamic "
            "purchasing system",
            law="PA2023 s.34; SI 2024/716 reg 2(2)",
            field="established_on",
        )
    return known.regime


def require_validity(law: FrameworkLaw, validity: Validity, *, light_touch: bool) -> None:
    """Refuse a validity that is incomplete, runs backwards, or lasts longer than the law allows.

    A DPS ends at the latest with 23 February 2029 (SI 2024/716 reg 5(4)(b)). A framework lasts four years unless
    its reason says why (PCR2015 reg 33(3); PA2023 s.47), which does not bind light touch under the 2023 Act; an
    open framework lasts eight (s.49). A dynamic market has no longest term. Raises `InvalidInput` beside
    `valid_from`, `valid_until`, `established_on`, `is_open_framework` or `term_reason`.
    """
    begins, ends = validity.begins, validity.ends
    if begins is None:
        raise InvalidInput("Give the day on which it begins.", field="valid_from")
    if ends is None:
        raise InvalidInput("Give the last day of its validity.", field="valid_until")
    if ends <= begins:
        raise InvalidInput("The last day must come after the first.", field="valid_until")
    if ends > years_after(begins, LONGEST_TERM_YEARS):
        raise InvalidInput(f"It can last at most {LONGEST_TERM_YEARS} years. Check the year.", field="valid_until")
    if validity.established_on is not None and local_date(begins) < validity.established_on:
        raise InvalidInput("It cannot be valid before it was established.", field="valid_from")
    require_open_framework_allowed(law, is_open=validity.is_open_framework)
    if law.last_day_law:
        _require_last_day(law, ends)
    _require_term(law, validity, begins, ends, light_touch=light_touch)


def require_open_framework_allowed(law: FrameworkLaw, *, is_open: bool) -> None:
    """Refuse an open framework that is none: they are frameworks under the 2023 Act (s.49)."""
    if is_open and not law.can_be_open:
        raise AgainstTerms(
            "Only a framework under the Procurement Act 2023 can be an open framework",
            law=OPEN_FRAMEWORK_LAW,
            field="is_open_framework",
        )


def require_fee(law: FrameworkLaw, percent: Decimal | None, payer: FeePayer) -> None:
    """Refuse a fee of a DPS, a fee on anybody who is not awarded a contract, and a share that is none.

    `percent` is of a contract's estimated value. PCR2015 reg 34(29); PA2023 s.38 and s.45(7). Raises beside
    `fee_payer` or `fee_percent`.
    """
    if payer is FeePayer.EVERY_MEMBER:
        raise AgainstTerms(
            "Joining costs nothing: only a provider that is awarded a contract may be charged",
            law=law.fee,
            field="fee_payer",
        )
    if payer is FeePayer.NOBODY:
        return
    if law.is_free:
        raise AgainstTerms(f"A {law.words} is free for everybody", law=law.fee, field="fee_payer")
    if percent is None:
        raise InvalidInput("Give the fee as a share of the contract’s value, such as 0.5.", field="fee_percent")
    if not 0 < percent < 100:
        raise InvalidInput("The fee must be more than 0 and less than 100 per cent.", field="fee_percent")


def require_decision_days(law: FrameworkLaw, days: int | None) -> None:
    """Refuse a time to decide applications (working days) that the law does not allow or that promises nothing.

    A DPS has 10 (PCR2015 reg 34(16)); elsewhere it is a local promise within a "reasonable period" (PA2023
    s.36(6)).
    """
    if days is None or days < 1:
        raise InvalidInput("Give the working days in which you decide, such as 10.", field="decision_days")
    rule = RULES[law.decision_rule] if law.decision_rule else None
    if rule is not None and days > rule.n:
        raise AgainstTerms(
            f"Applications to a {law.words} are decided within {rule.length_words}",
            law=rule.law,
            field="decision_days",
        )
    if days > LONGEST_DECISION_DAYS:
        raise InvalidInput(f"Promise at most {LONGEST_DECISION_DAYS} working days.", field="decision_days")


def require_direct_award_allowed(law: FrameworkLaw, terms: str) -> None:
    """Refuse conditions of a direct award where every call-off is a competition between all members."""
    if has_text(terms) and law.no_direct_award:
        raise AgainstTerms(
            "Every member is invited to every call-off, so there is no direct award",
            law=law.no_direct_award,
            field="direct_award_terms",
        )


def require_suspension_allowed(law: FrameworkLaw, terms: str) -> None:
    """Refuse suspension terms where a member may only be removed: a framework's contract can suspend, no other."""
    if has_text(terms) and law.suspension:
        raise AgainstTerms(
            "A member is invited until it is removed with reasons, so it cannot be suspended",
            law=law.suspension,
            field="suspension_terms",
        )


def require_windows_allowed(law: FrameworkLaw, *, light_touch: bool, is_open: bool) -> None:
    """Refuse a window for joining where joining is always open, or where nobody can join later.

    A DPS and a dynamic market take applications at any time (PCR2015 reg 34(15); PA2023 s.36(6)). A framework is
    closed once awarded (PCR2015 reg 33(5)), unless it is light touch, whose procedure the authority designs
    (PCR2015 reg 76; PA2023 s.46 does not bind it), or an open framework (s.49).
    """
    if law.is_open_every_day:
        raise AgainstTerms("Providers apply at any time while it is valid, so it has no windows", law=law.later_joining)
    if not law.takes_new_providers(light_touch=light_touch, is_open=is_open):
        raise AgainstTerms(
            "Providers cannot join this framework later: it is neither light touch nor an open framework",
            law=law.later_joining,
        )


def require_late_participant_allowed(law: FrameworkLaw, *, light_touch: bool) -> None:
    """Refuse to name another authority once a framework is live: only those identified from the start call off.

    PCR2015 reg 33(5); PA2023 s.45(5), which does not bind light touch.
    """
    if law.term_binds(light_touch=light_touch):
        raise AgainstTerms(
            "Only authorities that were named when the framework was published may call off from it",
            law=law.participants,
            field="authority",
        )


def award_again_by(begins: datetime) -> tuple[date, date]:
    """Give the days before which an open framework is awarded a second and a third time (PA2023 s.49)."""
    first = years_later(local_date(begins), FIRST_AWARD_AGAIN_YEARS)
    return first, years_later(first, LATER_AWARD_AGAIN_YEARS)


def years_after(instant: datetime, years: int) -> datetime:
    """Give the same wall-clock time in Europe/London so many years later, as a UTC instant."""
    local = instant.astimezone(LONDON)
    later = datetime.combine(years_later(local.date(), years), local.time(), LONDON)
    return later.astimezone(instant.tzinfo)


def _require_last_day(law: FrameworkLaw, ends: datetime) -> None:
    latest = dps_valid_until(PCR_DPS_LAST_DAY)
    if ends > latest:
        raise AgainstTerms(
            f"A {law.words} ends at the latest at the end of 23 February 2029",
            law=law.last_day_law,
            field="valid_until",
        )


def _require_term(
    law: FrameworkLaw, validity: Validity, begins: datetime, ends: datetime, *, light_touch: bool
) -> None:
    if validity.is_open_framework:
        if ends > years_after(begins, OPEN_FRAMEWORK_YEARS):
            raise AgainstTerms(
                f"An open framework ends within {OPEN_FRAMEWORK_YEARS} years of its first award",
                law=OPEN_FRAMEWORK_LAW,
                field="valid_until",
            )
        return
    if (
        law.term_binds(light_touch=light_touch)
        and not has_text(validity.term_reason)
        and ends > years_after(begins, FRAMEWORK_YEARS)
    ):
        last = local_date(years_after(begins, FRAMEWORK_YEARS) - timedelta(microseconds=1))
        raise AgainstTerms(
            f"A framework lasts at most {FRAMEWORK_YEARS} years, until {last.day} {last:%B %Y}, unless you say why its "
            "nature needs longer",
            law=law.term,
            field="term_reason",
        )
