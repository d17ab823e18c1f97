"""OCDS releases: valid in the UK profile, complete by the Regulations, and silent about everything else."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.core.permissions import Actor
from portal.judging.grounds import GROUNDS
from portal.notices.models import Notice
from portal.notices.release import TENDER_STATUS
from portal.regulation.kinds import FrameworkKind
from portal.regulation.procurement_law import StandstillDuty
from portal.tendering.asking import add_question, ask_for_lots
from portal.tendering.lots import WINNING_RULE, add_lot
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.states import IttStatus, QuestionKind
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.notices import (
    SECRETS,
    WINNING_PRICE,
    History,
    history,
    publish_all,
    publish_award,
    publish_tender,
)
from tests.factories.tendering import make_commissioner, publish, published_in_lots, published_itt, ready_itt

ABOVE_FIVE_MILLION = Decimal("5000000.01")

# Codes that the UK extension adds to the core codelists.
UK_PARTY_ROLES = {"removedSupplier"}


def released(notice: Notice) -> dict[str, Any]:
    """The release as it was published."""
    release: dict[str, Any] = json.loads(notice.text)
    return release


def keys_of(value: Any) -> set[str]:
    """Every key anywhere in a document."""
    if isinstance(value, dict):
        return set(value).union(*(keys_of(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(keys_of(item) for item in value))
    return set()


@pytest.fixture
def told(reference_data: Any) -> tuple[History, list[dict[str, Any]]]:
    """A whole history with its three releases."""
    made = history()
    return made, [released(notice) for notice in publish_all(made)]


def test_every_release_is_valid_in_the_uk_profile(
    told: tuple[History, list[dict[str, Any]]], faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """Tender, award and contract releases have no fault against the UK profile's schema."""
    check = faults_of("release")
    assert [check(release) for release in told[1]] == [[], [], []]


def test_every_release_above_five_million_is_valid(
    reference_data: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """The fuller award notice of a large contract is valid as well."""
    check = faults_of("release")
    releases = [released(notice) for notice in publish_all(history(price=ABOVE_FIVE_MILLION))]
    assert [check(release) for release in releases] == [[], [], []]


def test_every_code_is_in_its_codelist(told: tuple[History, list[dict[str, Any]]], ocds: Path) -> None:
    """Tags, statuses, roles, methods and document types are codes of the standard, not our own words."""

    def codes(name: str) -> set[str]:
        with (ocds / "codelists" / f"{name}.csv").open(newline="") as file:
            return {row["Code"] for row in csv.DictReader(file)}

    for release in told[1]:
        assert set(release["tag"]) <= codes("releaseTag")
        assert release["tender"]["status"] in codes("tenderStatus")
        roles = {role for party in release["parties"] for role in party["roles"]}
        assert roles <= codes("partyRole") | UK_PARTY_ROLES
        assert set(release["tender"].get("submissionMethod", [])) <= codes("submissionMethod")
        documents = [
            *release["tender"].get("documents", []),
            *(document for award in release.get("awards", []) for document in award.get("documents", [])),
            *(document for one in release.get("contracts", []) for document in one["documents"]),
        ]
        assert {document["documentType"] for document in documents} <= codes("documentType")
        assert {award["status"] for award in release.get("awards", [])} <= codes("awardStatus")
        assert {one["status"] for one in release.get("contracts", [])} <= codes("contractStatus")


def test_every_status_of_an_itt_has_an_ocds_code() -> None:
    """No status can be reached for which a release would not know what to write."""
    assert set(TENDER_STATUS) == set(IttStatus)


def test_the_three_releases_belong_to_one_process(told: tuple[History, list[dict[str, Any]]]) -> None:
    """One ocid, release ids counted upwards, and the tags tender, award, contract."""
    made, releases = told
    ocid = f"ocds-a1b2c3-{made.itt.reference}"
    assert [release["ocid"] for release in releases] == [ocid, ocid, ocid]
    assert [release["id"] for release in releases] == [f"{ocid}-001", f"{ocid}-002", f"{ocid}-003"]
    assert [release["tag"] for release in releases] == [["tender"], ["award"], ["contract"]]
    assert {release["initiationType"] for release in releases} == {"tender"}


def test_a_tender_notice_tells_what_bids_are_judged_on(told: tuple[History, list[dict[str, Any]]]) -> None:
    """The breakdown is on the lot, totals 100 and names panels; the tender's own field stays a code."""
    tender = told[1][0]["tender"]
    assert tender["awardCriteria"] == "ratedCriteria"
    criteria = tender["lots"][0]["awardCriteria"]["criteria"]
    weights = [
        Decimal(str(entry["number"]))
        for criterion in criteria
        for entry in criterion["numbers"]
        if entry.get("weight") == "percentageExact"
    ]
    assert sum(weights) == 100
    assert len(weights) == len(criteria)
    assert {criterion["type"] for criterion in criteria} == {"quality", "price"}
    assert "Young people’s panel 40%" in tender["awardCriteriaDetails"]
    assert any("Young people’s panel" in criterion["description"] for criterion in criteria)


def test_a_tender_notice_carries_the_facts_of_the_regulations(
    told: tuple[History, list[dict[str, Any]]],
) -> None:
    """Regime, law, value with VAT, codes, times, term with break points, and the notice as a document."""
    made, (release, *_) = told
    tender = release["tender"]
    assert tender["id"] == made.itt.reference
    assert tender["specialRegime"] == ["lightTouch"]
    assert tender["legalBasis"]["id"] == "2023/54"
    assert tender["value"] == {"amountGross": int(made.itt.estimated_value or 0), "currency": "GBP"}
    assert tender["aboveThreshold"] is False
    item = tender["items"][0]
    codes = [item["classification"], *item["additionalClassifications"]]
    assert [code["id"] for code in codes] == made.itt.cpv_codes
    assert all(code["scheme"] == "CPV" and code["description"] for code in codes)
    assert made.itt.closes_at is not None
    end = datetime.fromisoformat(tender["tenderPeriod"]["endDate"])
    assert end == made.itt.closes_at.replace(microsecond=0)
    assert tender["lots"][0]["contractPeriod"]["durationInMonths"] == made.itt.term_months
    assert [one["id"] for one in tender["milestones"]] == [f"break-{m}" for m in made.itt.break_months]
    document = tender["documents"][0]
    assert (document["noticeType"], document["documentType"]) == ("UK4", "tenderNotice")
    assert document["description"] == f"Central digital platform reference: {made.itt.central_reference}"


def test_parties_have_org_ids(told: tuple[History, list[dict[str, Any]]]) -> None:
    """Buyer and winner are named by their registers; a second number is an additional identifier."""
    made, (_, award, _) = told
    parties = {party["id"]: party for party in award["parties"]}
    assert set(parties) == {"GB-LAE-DEM", f"GB-COH-{made.winner.company_number}"}
    winner = parties[f"GB-COH-{made.winner.company_number}"]
    assert winner["roles"] == ["tenderer", "supplier"]
    assert winner["additionalIdentifiers"] == [{"scheme": "GB-CHC", "id": "1090095"}]
    assert winner["details"] == {"scale": "sme", "vcse": True}
    assert parties["GB-LAE-DEM"]["roles"] == ["buyer", "procuringEntity"]


def test_an_award_notice_counts_the_bids_and_names_the_winner(
    told: tuple[History, list[dict[str, Any]]],
) -> None:
    """At £5 million or less the others are counted: received, assessed, small, voluntary and community."""
    made, (_, release, _) = told
    award = release["awards"][0]
    assert award["suppliers"] == [{"id": f"GB-COH-{made.winner.company_number}", "name": "Winner Youth Trust"}]
    assert award["value"] == {"amount": 118000.5, "currency": "GBP"}
    assert award["status"] == "pending"
    assert award["assessmentSummariesDateSent"] == "2026-11-23T09:30:00+00:00"
    counts = {entry["measure"]: entry["value"] for entry in release["bids"]["statistics"]}
    assert counts == {"bids": 3, "finalStageBids": 3, "smeFinalStageBids": 3, "vcseFinalStageBids": 1}
    assert "details" not in release["bids"]


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "2026-11-24T00:00:00+00:00", "2026-12-04T23:59:59+00:00"),
        (datetime(2026, 7, 27, 23, 30, tzinfo=UTC), "2026-07-28T00:00:00+01:00", "2026-08-07T23:59:59+01:00"),
    ],
)
def test_an_award_notice_tells_the_standstill_that_it_starts(
    reference_data: Any, published: datetime, first: str, last: str
) -> None:
    """Eight working days of the whole United Kingdom from the day of publication in London."""
    made = history()
    publish_tender(made.itt)
    award = released(publish_award(made, now=published))["awards"][0]
    assert award["standstillPeriod"] == {"startDate": first, "endDate": last}


def test_no_standstill_is_told_where_there_is_none(reference_data: Any) -> None:
    """An award without a standstill says nothing about one."""
    made = history(standstill=StandstillDuty.NONE)
    publish_tender(made.itt)
    assert "standstillPeriod" not in released(publish_award(made))["awards"][0]


def test_above_five_million_the_unsuccessful_are_named_without_their_prices(reference_data: Any) -> None:
    """PR24 reg 27 asks for the names of unsuccessful providers above £5 million, and for nothing else of
    them.
    """
    made = history(price=ABOVE_FIVE_MILLION)
    publish_tender(made.itt)
    notice = publish_award(made)
    tenderers = [party for party in released(notice)["parties"] if party["roles"] == ["tenderer"]]
    assert {party["name"] for party in tenderers} == {provider.name for provider in made.losers}
    assert [party["id"] for party in tenderers] == sorted(party["id"] for party in tenderers)
    assert not any(secret in notice.text for secret in SECRETS)


def test_at_five_million_the_unsuccessful_are_not_named(reference_data: Any) -> None:
    """Exactly £5 million is not above it: nobody but the winner is named."""
    made = history(price=Decimal(5000000))
    publish_tender(made.itt)
    text = publish_award(made).text
    assert not any(provider.name in text for provider in made.losers)


def test_a_contract_notice_tells_the_contract(told: tuple[History, list[dict[str, Any]]]) -> None:
    """Term, break points, value, signature and why there are no indicators; its award is in force now."""
    made, (_, award, release) = told
    contract = release["contracts"][0]
    assert contract["id"] == made.contract.reference
    assert contract["awardID"] == award["awards"][0]["id"] == release["awards"][0]["id"]
    assert release["awards"][0]["status"] == "active"
    assert contract["value"]["amount"] == float(WINNING_PRICE)
    assert contract["dateSigned"] == "2026-12-10T00:00:00+00:00"
    assert contract["period"] == {
        "startDate": "2027-04-01T00:00:00+01:00",
        "endDate": "2029-09-30T23:59:59+01:00",
        "durationInMonths": 30,
    }
    assert contract["milestones"] == [
        {
            "id": "break-12",
            "title": "Break point at 12 months",
            "dueDate": "2028-04-01T00:00:00+01:00",
            "status": "scheduled",
        }
    ]
    assert "s.52(6)(d)" in contract["noAgreedMetricsRationale"]


def test_nothing_confidential_is_ever_released(told: tuple[History, list[dict[str, Any]]]) -> None:
    """No sealed answer or file, losing price, reason, loser's name, panel member or other person is in a
    release.
    """
    made, releases = told
    text = json.dumps(releases, ensure_ascii=False)
    forbidden = [*SECRETS, *made.people, *(provider.name for provider in made.losers)]
    forbidden += [str(provider.company_number) for provider in made.losers]
    forbidden.append(made.itt.authority.contact_email)
    assert [word for word in forbidden if word in text] == []
    assert "Winner Youth Trust" in text


def test_the_young_peoples_panel_is_a_panel_and_nothing_more(
    told: tuple[History, list[dict[str, Any]]],
) -> None:
    """The panel is named with its share of the marks; no key could hold who sits on it or who scored."""
    tender = told[1][0]["tender"]
    assert "Young people’s panel" in json.dumps(tender, ensure_ascii=False)
    personal = ("member", "person", "evaluator", "score", "email", "telephone", "contactname")
    assert [key for key in keys_of(told[1]) if any(word in key.lower() for word in personal)] == []


def test_a_tender_notice_that_is_carried_late_announces_an_open_tender(reference_data: Any) -> None:
    """A notice tells what its event announced, though the award was decided before it was carried."""
    made = history()
    tender = released(publish_tender(made.itt))["tender"]
    assert (tender["status"], tender["lots"][0]["status"]) == ("active", "active")


def test_an_open_invitation_is_active(reference_data: Any) -> None:
    """Status codes: an open invitation is active, and so are its lots."""
    tender = released(publish_tender(published_itt()))["tender"]
    assert (tender["status"], tender["lots"][0]["status"]) == ("active", "active")


def test_a_call_off_names_the_process_that_it_comes_from(
    reference_data: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """Its tender release relates to the framework's, says market and part, and is valid (PR24 reg 21)."""
    lot = live_framework(kind=FrameworkKind.DYNAMIC_MARKET, title="Homes for children").lots[0]
    admit(lot)
    release = released(publish_tender(published_call_off(lot)))
    assert faults_of("release")(release) == []
    assert release["relatedProcesses"] == [
        {
            "id": "1",
            "relationship": ["framework"],
            "title": "Homes for children",
            "scheme": "ocid",
            "identifier": f"ocds-a1b2c3-{lot.framework.reference}",
        }
    ]
    assert release["tender"]["procurementMethodDetails"] == (
        "Call-off under a dynamic market: Homes for children (012345-2026), lot 1: Lot title 1"
    )
    assert "relatedProcesses" not in released(publish_tender(published_itt()))


def test_a_tender_notice_tells_conditions_by_lot_and_the_grounds_for_exclusion(
    reference_data: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """Valid: each lot has the conditions that hold for it, with what shows them; each ground names its law."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    worth = itt.lots[0].worth
    add_lot(itt=itt, title="Area 2", description="Its streets.", estimated_value=worth, actor=officer)
    _condition(itt, officer, "Insurance", "financial", "Insurance of £5 million.", "A letter.")
    experience = _condition(itt, officer, "Experience", "technical", "Two years with children.", "Two examples.")
    ask_for_lots(itt=itt, question=experience, lots=[itt.lots[1]], actor=officer)
    publish(itt, officer)
    release = released(publish_tender(itt))
    assert faults_of("release")(release) == []
    insured = {
        "type": "economic",
        "description": "Insurance: Insurance of £5 million.",
        "verificationMethod": "A letter. Anything else that shows the same is taken, too.",
    }
    first, second = (lot["selectionCriteria"]["criteria"] for lot in release["tender"]["lots"])
    assert first == [insured]
    assert (second[0], second[1]["type"], second[1]["description"]) == (
        insured,
        "technical",
        "Experience: Two years with children.",
    )
    grounds = release["tender"]["exclusionGrounds"]["criteria"]
    assert len(grounds) == len(GROUNDS[itt.regime])
    assert {
        "type": "mandatory",
        "description": "Convicted of a terrorism offence (Procurement Act 2023, Schedule 6)",
    } in grounds


def _condition(itt: InvitationToTender, officer: Actor, prompt: str, about: str, meets: str, evidence: str) -> Question:
    settings = {"about": about, "meets": meets, "evidence": evidence, "needed": "Children.", "word_limit": "100"}
    kind = QuestionKind.CONDITION
    return add_question(
        itt=itt, prompt=prompt, guidance="", kind=kind, settings=settings, criterion=None, required=True, actor=officer
    )


def test_a_notice_without_conditions_has_none(told: tuple[History, list[dict[str, Any]]]) -> None:
    """A member with nothing in it would be no valid release."""
    _made, releases = told
    assert all("selectionCriteria" not in keys_of(release) for release in releases)


def test_a_tender_notice_in_lots_has_their_values_and_limits(
    reference_data: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """Valid, with each lot's value beside the whole's, how many one bidder may have, and the rule for that."""
    itt = published_in_lots(3, bid=2, awarded=1)
    release = released(publish_tender(itt))
    assert faults_of("release")(release) == []
    tender = release["tender"]
    assert sum(lot["value"]["amountGross"] for lot in tender["lots"]) == tender["value"]["amountGross"]
    details = tender["lotDetails"]
    assert (details["maximumLotsBidPerSupplier"], details["maximumLotsAwardedPerSupplier"]) == (2, 1)
    assert details["awardCriteriaDetails"] == WINNING_RULE
