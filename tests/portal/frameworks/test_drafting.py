"""Drawing up a framework, dynamic purchasing system or dynamic market."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.drafting import (
    create_framework,
    describe_framework,
    set_publication,
    set_terms,
    set_validity,
)
from portal.frameworks.models import Framework
from portal.frameworks.standard_questions import standard_questionnaire
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import AgainstTerms, FeePayer, TermsFrozen, Validity
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.local_time import end_of_day, start_of_day
from portal.regulation.regimes import RegimeRefused
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework, tiny_questionnaire
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner


def start(actor: Actor, **details: Any) -> Framework:
    """A draft of the actor's authority."""
    return create_framework(
        **{
            "authority": db.session.get_one(ContractingAuthority, actor.authority_id),
            "kind": FrameworkKind.DYNAMIC_MARKET,
            "title": "Homes for children",
            "actor": actor,
            "now": clock.now(),
        }
        | details
    )


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def test_a_draft_has_a_reference_the_standard_questions_and_its_lead(db_session: object) -> None:
    """The law is today's, the chain its own, and no words that people wrote are in it."""
    actor = make_commissioner()
    framework = start(actor, title="  Homes for children ")
    assert framework.reference.startswith("DMK-")
    assert (framework.title, framework.regime, framework.status) == (
        "Homes for children",
        Regime.PA2023,
        FrameworkStatus.DRAFT,
    )
    assert framework.questionnaire == standard_questionnaire(Regime.PA2023).to_dict()
    assert [one.authority_id for one in framework.participants] == [actor.authority_id]
    event = events_of(framework.id)[-1]
    assert (event.kind, event.data) == (
        "framework_drafted",
        {"reference": framework.reference, "framework_kind": "dynamic_market", "regime": "pa2023"},
    )


def test_a_recorded_dps_is_under_the_2015_regulations(db_session: object) -> None:
    """Established in time, with the questions of its law."""
    framework = start(make_commissioner(), kind=FrameworkKind.DPS, established_on=date(2017, 10, 1))
    assert (framework.regime, framework.reference[:4]) == (Regime.PCR2015, "DPS-")
    assert framework.questionnaire == standard_questionnaire(Regime.PCR2015).to_dict()


@pytest.mark.parametrize(
    ("details", "error", "field"),
    [
        ({"title": " "}, InvalidInput, "title"),
        ({"kind": FrameworkKind.DPS}, RegimeRefused, "established_on"),
        ({"kind": FrameworkKind.DPS, "established_on": date(2025, 2, 24)}, RegimeRefused, "established_on"),
        ({"established_on": date(2024, 1, 1)}, AgainstTerms, "established_on"),
        ({"established_on": date(2999, 1, 1)}, InvalidInput, "established_on"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(
    db_session: object, details: dict[str, Any], error: type[InvalidInput], field: str
) -> None:
    """A DPS of today, a market of before the Act, an establishment to come, no title."""
    with pytest.raises(error) as refused:
        start(make_commissioner(), **details)
    assert refused.value.field == field


def test_only_the_authoritys_commissioner_starts_one(db_session: object) -> None:
    """Another role, and another authority."""
    with pytest.raises(NotAllowed):
        start(actor_of(make_person(Role.APPROVER, authority=make_authority())))
    with pytest.raises(NotFound):
        start(make_commissioner(), authority=make_authority())


def describe(framework: Framework, actor: Actor, **details: Any) -> None:
    """Describe it with something lawful."""
    describe_framework(
        **{
            "framework": framework,
            "title": "Homes",
            "description": "Homes in the county.",
            "cpv_codes": ["85311300-2"],
            "estimated_value": Decimal(4_000_000),
            "actor": actor,
        }
        | details
    )


def test_light_touch_follows_the_codes(db_session: object) -> None:
    """And the value is kept in pounds; a check digit is dropped."""
    framework = draft_framework(light_touch=False)
    describe(framework, lead(framework), replaces=" Two lists ", providers_before=2)
    assert (framework.light_touch, framework.cpv_codes) == (True, ["85311300"])
    assert (framework.replaces, framework.providers_before) == ("Two lists", 2)
    assert events_of(framework.id)[-1].data == {"part": "about", "light_touch": True}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"title": ""}, "title"),
        ({"description": " "}, "description"),
        ({"cpv_codes": []}, "cpv_codes"),
        ({"cpv_codes": ["123"]}, "cpv_codes"),
        ({"cpv_codes": ["99999999"]}, "cpv_codes"),
        ({"estimated_value": None}, "estimated_value"),
        ({"estimated_value": Decimal(0)}, "estimated_value"),
        ({"estimated_value": Decimal(10) ** 12}, "estimated_value"),
        ({"providers_before": -1}, "providers_before"),
    ],
)
def test_a_description_that_cannot_be_is_refused(db_session: object, details: dict[str, Any], field: str) -> None:
    """Beside its field."""
    framework = draft_framework()
    with pytest.raises(InvalidInput) as refused:
        describe(framework, lead(framework), **details)
    assert refused.value.field == field


def test_the_validity_decides_the_law(db_session: object) -> None:
    """An establishment of before the Act brings the 2015 Regulations to a framework."""
    framework = draft_framework(kind=FrameworkKind.FRAMEWORK)
    validity = Validity(date(2024, 4, 1), start_of_day(date(2024, 4, 1)), end_of_day(date(2028, 3, 31)))
    set_validity(framework=framework, validity=validity, actor=lead(framework), now=clock.now())
    assert (framework.regime, framework.valid_until) == (Regime.PCR2015, end_of_day(date(2028, 3, 31)))
    conditions = (tiny_questionnaire().question("insurance"),)
    assert framework.questionnaire == standard_questionnaire(Regime.PCR2015, conditions).to_dict()
    tomorrow = Validity(date(2999, 1, 1), validity.begins, validity.ends)
    with pytest.raises(InvalidInput) as refused:
        set_validity(framework=framework, validity=tomorrow, actor=lead(framework), now=clock.now())
    assert refused.value.field == "established_on"


def terms(framework: Framework, actor: Actor, **details: Any) -> None:
    """Set its terms to something lawful."""
    set_terms(
        **{"framework": framework, "how_it_works": "Apply to a lot.", "decision_days": 8, "actor": actor} | details
    )


def test_the_terms_are_kept(db_session: object) -> None:
    """A fee only for whoever is awarded a contract; without a payer a typed share is dropped."""
    framework = draft_framework(kind=FrameworkKind.FRAMEWORK)
    fee = {"fee_payer": FeePayer.AWARDED, "fee_percent": Decimal("0.5")}
    terms(framework, lead(framework), **fee, direct_award_terms=" One is left. ", suspension_terms="Clause 9.")
    assert (framework.fee_percent, framework.direct_award_terms) == (Decimal("0.5"), "One is left.")
    terms(framework, lead(framework), fee_percent=Decimal("0.5"), publishes_members=False)
    assert (framework.fee_percent, framework.publishes_members, framework.decision_days) == (None, False, 8)


@pytest.mark.parametrize(
    ("kind", "details", "field"),
    [
        (FrameworkKind.DPS, {"fee_payer": FeePayer.AWARDED, "fee_percent": Decimal(1)}, "fee_payer"),
        (FrameworkKind.DYNAMIC_MARKET, {"fee_payer": FeePayer.EVERY_MEMBER}, "fee_payer"),
        (FrameworkKind.DPS, {"decision_days": 11}, "decision_days"),
        (FrameworkKind.DYNAMIC_MARKET, {"direct_award_terms": "Always."}, "direct_award_terms"),
        (FrameworkKind.DPS, {"suspension_terms": "At will."}, "suspension_terms"),
        (FrameworkKind.FRAMEWORK, {"how_it_works": " "}, "how_it_works"),
    ],
)
def test_terms_against_the_law_are_refused(
    db_session: object, kind: FrameworkKind, details: dict[str, Any], field: str
) -> None:
    """Beside the field, and the row stays as it was."""
    framework = draft_framework(kind=kind)
    with pytest.raises(InvalidInput) as refused:
        terms(framework, lead(framework), **details)
    assert (refused.value.field, framework.fee_percent) == (field, None)


def test_a_reference_or_a_reason_says_where_it_was_published(db_session: object) -> None:
    """A reference wins; neither, or a reference that is none, is refused."""
    framework = draft_framework()
    actor = lead(framework)
    set_publication(framework=framework, reference=" 012345-2026 ", reason="Not needed", actor=actor)
    assert (framework.publication_reference, framework.publication_reason) == ("012345-2026", "")
    set_publication(framework=framework, reference="", reason="Established in 2017.", actor=actor)
    assert (framework.publication_reference, framework.publication_reason) == (None, "Established in 2017.")
    for reference in ("", "2017/S 123"):
        with pytest.raises(InvalidInput) as refused:
            set_publication(framework=framework, reference=reference, reason=" ", actor=actor)
        assert refused.value.field == "publication_reference"


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_nothing_of_it_changes_once_it_is_live(db_session: object, kind: FrameworkKind) -> None:
    """With the section; a market's conditions, a DPS's validity. Ended, it is only the wrong state."""
    framework = live_framework(kind=kind)
    actor = lead(framework)
    now: datetime = clock.now()
    for act in (
        lambda: describe(framework, actor),
        lambda: set_validity(framework=framework, validity=Validity(None, now, now), actor=actor, now=now),
        lambda: terms(framework, actor),
        lambda: set_publication(framework=framework, reference="012345-2026", reason="", actor=actor),
    ):
        with pytest.raises(TermsFrozen) as refused:
            act()
        assert refused.value.law in refused.value.message
    framework.status, framework.ceased_at = FrameworkStatus.CEASED, now + timedelta(seconds=1)
    with pytest.raises(WrongState, match="cannot be done while it is ceased"):
        terms(framework, actor)


def test_others_change_nothing(db_session: object) -> None:
    """Another role of the authority may not, another authority finds nothing."""
    framework = draft_framework()
    with pytest.raises(NotAllowed):
        terms(framework, actor_of(make_person(Role.APPROVER, authority=framework.authority)))
    with pytest.raises(NotFound):
        terms(framework, make_commissioner())
