"""A notice as people read it: rows and tables made from the text that was published, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.core.clock import LONDON
from portal.core.parsing.text import one_line, tidy
from portal.core.words import counted, london, london_date, marks, pounds
from portal.notices.canonical import Json
from portal.notices.criteria import METHOD_HASH_WORDS
from portal.notices.models import Notice
from portal.regulation.kinds import PublicationBasis
from portal.regulation.notice_catalogue import CATALOGUE, NoticeKind

BASIS_WORDS = {
    PublicationBasis.CENTRAL_REFERENCE: "This notice was published first on the central digital platform (Find a "
    "Tender).",
    PublicationBasis.FALLBACK: "Published here because the central digital platform could not publish it in time "
    "(Procurement Regulations 2024 reg 5(5)-(6)).",
    PublicationBasis.NOT_REQUIRED: "The law does not ask for this notice on the central digital platform.",
}
MEASURE_WORDS = {
    "bids": "Bids received",
    "finalStageBids": "Bids assessed",
    "smeFinalStageBids": "Assessed bids from small and medium-sized organisations",
    "vcseFinalStageBids": "Assessed bids from voluntary, community and social enterprises",
}


@dataclass(frozen=True)
class Row:
    """One line of a summary list."""

    key: str
    value: str


@dataclass(frozen=True)
class Criterion:
    """One line of the table of criteria; `weight` is out of 100."""

    name: str
    description: str
    weight: str
    minimum: str


@dataclass(frozen=True)
class Part:
    """A lot, an award or a contract with its own heading."""

    title: str
    rows: list[Row]
    text: str = ""
    criteria: list[Criterion] = field(default_factory=list)


@dataclass(frozen=True)
class NoticePage:
    """Everything that the page of one notice shows."""

    notice: Notice
    kind: NoticeKind
    buyer: str
    description: str
    facts: list[Row]
    parts: list[Part]
    basis: str


def notice_page(notice: Notice) -> NoticePage:
    """Read the published text of a notice into what its page shows."""
    release: Json = json.loads(notice.text)
    placed = _rows(
        ("Published", london(notice.published_at)),
        ("Reference", notice.reference),
        ("Open Contracting ID", notice.ocid),
        ("Central digital platform reference", notice.central_reference),
        ("Published there", london_date(notice.central_date) if notice.central_date else None),
        ("Why it is not there yet", notice.publication_reason),
    )
    buyer, *facts = facts_of(release)
    return NoticePage(
        notice=notice,
        kind=CATALOGUE[notice.kind_code],
        buyer=release["buyer"]["name"],
        description=release.get("tender", {}).get("description", ""),
        facts=[buyer, *placed, *facts],
        parts=parts_of(release),
        basis=BASIS_WORDS[PublicationBasis(notice.basis)],
    )


def parts_of(release: Json) -> list[Part]:
    """Each lot, award and contract that a release tells of."""
    return [
        *(_lot(lot) for lot in release.get("tender", {}).get("lots", []) if "title" in lot),
        *(_award(award, release) for award in release.get("awards", []) if "title" in award),
        *(_contract(contract) for contract in release.get("contracts", [])),
    ]


def facts_of(release: Json) -> list[Row]:
    """What a release tells of the procurement as a whole, the buyer first."""
    tender = release.get("tender", {})
    period = tender.get("tenderPeriod", {})
    shares, _, method_hash = tender.get("awardCriteriaDetails", "").partition(METHOD_HASH_WORDS)
    light_touch = "lightTouch" in tender.get("specialRegime", [])
    return _rows(
        ("Buyer", release["buyer"]["name"]),
        ("Law", tender.get("legalBasis", {}).get("description")),
        ("Light touch", "Yes" if light_touch else None),
        ("Procedure", tender.get("procurementMethodDetails")),
        ("CPV codes", _codes(tender.get("items", []))),
        ("Estimated value, with VAT", _money(tender.get("value"))),
        ("Questions until", _instant(tender.get("enquiryPeriod", {}).get("endDate"))),
        ("Closes", _instant(period.get("endDate"))),
        ("Bids are sent at", tender.get("submissionMethodDetails")),
        ("Award expected by", _day(tender.get("awardPeriod", {}).get("endDate"))),
        ("How the marks are shared", tidy(shares)),
        ("Who is awarded what", tender.get("lotDetails", {}).get("awardCriteriaDetails")),
        ("Seal of the published method (SHA-256)", method_hash.strip(" .")),
        ("Break points", _break_points(tender.get("milestones", []))),
    )


def _lot(lot: Json) -> Part:
    criteria = [_criterion(entry) for entry in lot.get("awardCriteria", {}).get("criteria", [])]
    title = f"Lot {lot['id']}: {lot['title']}"
    return Part(title, _rows(("Term", _term(lot.get("contractPeriod")))), lot.get("description", ""), criteria)


def _award(award: Json, release: Json) -> Part:
    lots = ", ".join(award.get("relatedLots", []))
    counts = [
        (MEASURE_WORDS[entry["measure"]], str(entry["value"]))
        for entry in release.get("bids", {}).get("statistics", [])
        if entry.get("relatedLot") in award.get("relatedLots", [])
    ]
    standstill = award.get("standstillPeriod", {})
    rows = _rows(
        ("Awarded to", ", ".join(supplier["name"] for supplier in award.get("suppliers", []))),
        ("Value over the whole term", _money(award.get("value"))),
        ("Decided", _instant(award.get("date"))),
        ("Bidders told", _instant(award.get("assessmentSummariesDateSent"))),
        ("Standstill", _span(standstill.get("startDate"), standstill.get("endDate"))),
        ("Term", _term(award.get("contractPeriod"))),
        *counts,
    )
    return Part(f"Award of lot {lots}: {award['title']}", rows)


def _contract(contract: Json) -> Part:
    rows = _rows(
        ("Provider", ", ".join(supplier["name"] for supplier in contract.get("suppliers", []))),
        ("Value over the whole term", _money(contract.get("value"))),
        ("Signed", _day(contract.get("dateSigned"))),
        ("Term", _term(contract.get("period"))),
        ("Break points", _break_points(contract.get("milestones", []))),
        ("Key performance indicators", contract.get("noAgreedMetricsRationale")),
    )
    return Part(f"Contract {contract['id']}: {contract['title']}", rows)


def _criterion(entry: Json) -> Criterion:
    weight = next((n["number"] for n in entry.get("numbers", []) if n.get("weight")), None)
    minimum = next((n["number"] for n in entry.get("numbers", []) if n.get("threshold")), None)
    return Criterion(
        name=entry.get("name", ""),
        description=entry.get("description", ""),
        weight=_plain(weight),
        minimum=_plain(minimum),
    )


def _codes(items: list[Json]) -> str | None:
    """The codes of the first lot, which are those of all."""
    codes = [
        entry
        for item in items[:1]
        for entry in (item.get("classification"), *item.get("additionalClassifications", []))
    ]
    return "; ".join(one_line(f"{code['id']} {code.get('description', '')}") for code in codes if code) or None


def _rows(*pairs: tuple[str, str | None]) -> list[Row]:
    return [Row(key, value) for key, value in pairs if value]


def _plain(value: int | float | None) -> str:
    return "" if value is None else marks(str(value))


def _money(value: Json | None) -> str | None:
    amount = (value or {}).get("amount", (value or {}).get("amountGross"))
    return None if amount is None else pounds(Decimal(str(amount)))


def _term(period: Json | None) -> str | None:
    if not period:
        return None
    months = period.get("durationInMonths")
    words = [counted(months, "month")] if months else []
    span = _span(period.get("startDate"), period.get("endDate"))
    return ", ".join([*words, *([span] if span else [])]) or None


def _break_points(milestones: list[Json]) -> str | None:
    written = []
    for milestone in milestones:
        due = _day(milestone.get("dueDate"))
        written.append(milestone["title"] + (f" ({due})" if due else ""))
    return "; ".join(written) or None


def _span(start: str | None, end: str | None) -> str | None:
    if not start:
        return None
    return f"{_day(start)} to the end of {_day(end)}" if end else f"from {_day(start)}"


def _instant(value: Any) -> str | None:
    return london(datetime.fromisoformat(value)) if value else None


def _day(value: Any) -> str | None:
    return london_date(_local_day(value)) if value else None


def _local_day(value: str) -> date:
    return datetime.fromisoformat(value).astimezone(LONDON).date()
