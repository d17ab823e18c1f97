"""From an event and the objects it is about to an OCDS 1.1 release in the UK profile. Pure: reads no
database.

Status codes of OCDS are mapped here and nowhere else. A release carries what the Procurement Regulations
2024 ask of its notice and nothing besides: no person, no panel member, no individual score, no unsuccessful
bidder's price, and the names of unsuccessful bidders only above £5 million (PR24 reg 27).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.awarding.models import AwardPlace
from portal.contracts.models import Contract
from portal.core.words import counted
from portal.notices import criteria, parties
from portal.notices.canonical import Json, day_end, day_start, instant, number, without_gaps
from portal.notices.lots import award_id, fallen_awards, lot_details, lot_id
from portal.notices.publisher import Publisher
from portal.notices.tender_documents import tender_documents
from portal.regulation.notice_catalogue import NoticeKind
from portal.regulation.thresholds import ThresholdKind, threshold
from portal.regulation.working_days import months_later
from portal.tendering.amending.models import Addendum
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import IttStatus

TENDER_STATUS = {
    IttStatus.DRAFT: "planning",
    IttStatus.PUBLISHED: "active",
    IttStatus.OPENED: "active",
    IttStatus.MODERATED: "active",
    IttStatus.AWARDED: "complete",
    IttStatus.CONTRACTED: "complete",
    IttStatus.CANCELLED: "cancelled",
    IttStatus.NOT_AWARDED: "unsuccessful",
    IttStatus.DISCARDED: "cancelled",
}
AWARD_STATUS_UNDER_CONTRACT = "active"
CONTRACT_STATUS_SIGNED = "active"
CURRENCY = "GBP"


@dataclass(frozen=True)
class Header:
    """What every release needs: who publishes, the notice's kind and reference, its place in the process
    (from 1), when it is published, and its own number on the central digital platform.
    """

    publisher: Publisher
    kind: NoticeKind
    reference: str
    ordinal: int
    published_at: datetime
    central_reference: str | None = None


def tender_release(
    header: Header, itt: InvitationToTender, cpv_names: Mapping[str, str], addendum: Addendum | None = None
) -> Json:
    """Build the release of a tender notice (UK4; PR24 regs 18-22), or of the notice that an addendum changed.

    `cpv_names` gives each code's description.
    """
    buyer = parties.buyer_party(itt.authority, page=header.publisher.opportunity_url(itt.reference))
    law = itt.law
    tender = {
        "id": itt.reference,
        # What the notice announces, even where it is carried after the next stage has begun.
        "status": TENDER_STATUS[IttStatus.PUBLISHED],
        "title": itt.title,
        "description": itt.description,
        "procuringEntity": parties.reference(buyer),
        "legalBasis": {"scheme": law.act.scheme, "id": law.act.number, "description": law.act.name},
        "specialRegime": ["lightTouch"] if itt.light_touch else None,
        "aboveThreshold": is_above(itt),
        "mainProcurementCategory": "services",
        "procurementMethod": law.method,
        "procurementMethodDetails": _method_details(law.words, itt),
        "value": _gross(itt.estimated_value),
        "items": [_item(lot, itt, cpv_names) for lot in itt.lots],
        "lots": [_lot(lot, itt) for lot in itt.lots],
        "lotDetails": lot_details(itt),
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": criteria.who_marks(itt),
        "exclusionGrounds": criteria.exclusion_grounds(itt),
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": header.publisher.opportunity_url(itt.reference),
        "submissionTerms": {"electronicSubmissionPolicy": "required", "languages": ["en"]},
        "tenderPeriod": without_gaps(
            {
                "startDate": instant(itt.published_at) if itt.published_at else None,
                "endDate": instant(itt.closes_at) if itt.closes_at else None,
            }
        ),
        "amendments": [_amendment(addendum)] if addendum is not None else None,
        "enquiryPeriod": _enquiry_period(itt),
        "awardPeriod": {"endDate": day_end(itt.award_date)} if itt.award_date else None,
        "milestones": _tender_break_points(itt),
        "documents": [document_of(header, itt), *tender_documents(header.publisher, itt)],
    }
    content = {"parties": [buyer], "tender": without_gaps(tender), "relatedProcesses": _called_off_from(header, itt)}
    return release(header, itt, buyer, without_gaps(content), tag="tenderAmendment" if addendum is not None else None)


def _amendment(addendum: Addendum) -> Json:
    """What an addendum changed and why, as OCDS has it."""
    return {
        "id": str(addendum.number),
        "date": instant(addendum.decided_at) if addendum.decided_at else None,
        "description": addendum.words,
        "rationale": addendum.reason,
    }


def _enquiry_period(itt: InvitationToTender) -> Json | None:
    """When bidders can ask, where that ends before the bidding does."""
    if itt.questions_until is None or itt.published_at is None:
        return None
    return {"startDate": instant(itt.published_at), "endDate": instant(itt.questions_until)}


def contract_release(header: Header, itt: InvitationToTender, contract: Contract, fallen: Sequence[AwardPlace]) -> Json:
    """Build the release of a contract details notice (UK7; PR24 regs 32-36).

    `fallen` are the lot's awards that were announced and set aside: a place that stays empty has no notice of its own.
    """
    buyer = parties.buyer_party(itt.authority, page=header.publisher.opportunity_url(itt.reference))
    decided_at = contract.decision.decided_at
    supplier = parties.provider_party(contract.provider, roles=["tenderer", "supplier"], at=decided_at)
    written = {
        "id": contract.reference,
        "awardID": award_id(contract.place),
        "title": contract.title,
        "status": CONTRACT_STATUS_SIGNED,
        "period": without_gaps(
            {
                "startDate": day_start(contract.start_date),
                "endDate": day_end(contract.end_until - timedelta(days=1)),
                "durationInMonths": itt.term_months,
            }
        ),
        "value": {"amount": number(contract.value), "currency": CURRENCY},
        "dateSigned": day_start(contract.signed_date),
        "suppliers": [parties.reference(supplier)],
        "aboveThreshold": is_above(itt),
        "noAgreedMetricsRationale": _why_no_indicators(contract, itt),
        "milestones": [_break_point(point.months, point.on_date) for point in contract.break_points],
        "documents": [document_of(header, itt)],
    }
    awards = [*fallen_awards(fallen), {"id": award_id(contract.place), "status": AWARD_STATUS_UNDER_CONTRACT}]
    return release(
        header,
        itt,
        buyer,
        {
            "parties": [buyer, supplier],
            "tender": tender_state(itt),
            "awards": awards,
            "contracts": [without_gaps(written)],
        },
    )


def release(header: Header, itt: InvitationToTender, buyer: Json, content: Json, tag: str | None = None) -> Json:
    """The release around its content, with whoever buys together as parties of it."""
    ocid = header.publisher.ocid(itt.reference)
    return {
        "ocid": ocid,
        "id": f"{ocid}-{header.ordinal:03d}",
        "date": instant(header.published_at),
        "tag": [tag or header.kind.tag],
        "initiationType": "tender",
        "language": "en",
        "buyer": parties.reference(buyer),
        **content,
        "parties": [*content["parties"], *parties.joint_parties(itt)],
    }


def _called_off_from(header: Header, itt: InvitationToTender) -> list[Json]:
    """The process in which the framework, purchasing system or market of a call-off was set up."""
    if itt.framework_lot is None:
        return []
    framework = itt.framework_lot.framework
    return [
        {
            "id": "1",
            "relationship": ["framework"],
            "title": framework.title,
            "scheme": "ocid",
            "identifier": header.publisher.ocid(framework.reference),
        }
    ]


def _method_details(words: str, itt: InvitationToTender) -> str:
    """How it is procured; of a call-off with the market's identifier, title and part (PR24 reg 21)."""
    lot = itt.framework_lot
    if lot is None:
        return words
    known_as = lot.framework.publication_reference or lot.framework.reference
    return f"{words}: {lot.framework.title} ({known_as}), lot {lot.number}: {lot.title}"


def tender_state(itt: InvitationToTender) -> Json:
    """Where the process stands."""
    return {"id": itt.reference, "status": TENDER_STATUS[itt.status]}


def _lot(lot: Lot, itt: InvitationToTender) -> Json:
    return without_gaps(
        {
            "id": lot_id(lot),
            "title": lot.title,
            "description": lot.description,
            "status": TENDER_STATUS[IttStatus.PUBLISHED],
            "value": _gross(lot.worth) if len(itt.lots) > 1 else None,
            "contractPeriod": term_of(itt),
            "awardCriteria": criteria.lot_criteria(lot),
            "selectionCriteria": criteria.lot_conditions(lot),
        }
    )


def _item(lot: Lot, itt: InvitationToTender, cpv_names: Mapping[str, str]) -> Json:
    codes = [without_gaps({"scheme": "CPV", "id": code, "description": cpv_names.get(code)}) for code in itt.cpv_codes]
    return without_gaps(
        {
            "id": lot_id(lot),
            "description": lot.title,
            "classification": codes[0] if codes else None,
            "additionalClassifications": codes[1:],
            "relatedLot": lot_id(lot),
        }
    )


def term_of(itt: InvitationToTender) -> Json | None:
    start, months = itt.contract_start_date, itt.term_months
    if months is None:
        return {"startDate": day_start(start)} if start else None
    dates = {}
    if start is not None:
        last = months_later(start, months) - timedelta(days=1)
        dates = {"startDate": day_start(start), "endDate": day_end(last)}
    return {**dates, "durationInMonths": months}


def _tender_break_points(itt: InvitationToTender) -> list[Json]:
    start = itt.contract_start_date
    return [_break_point(months, months_later(start, months) if start else None) for months in itt.break_months]


def _break_point(months: int, on: date | None) -> Json:
    return without_gaps(
        {
            "id": f"break-{months}",
            "title": f"Break point at {counted(months, 'month')}",
            "dueDate": day_start(on) if on else None,
            "status": "scheduled",
        }
    )


def _why_no_indicators(contract: Contract, itt: InvitationToTender) -> str | None:
    """Why no key performance indicators are published, where the law asks for none (PA2023 s.52)."""
    if itt.light_touch:
        return "A light-touch contract needs no key performance indicators (Procurement Act 2023 s.52(6)(d))."
    limit = threshold(ThresholdKind.KEY_PERFORMANCE_INDICATORS, contract.signed_date)
    if not limit.reached_by(contract.value):
        return "The contract is not above £5 million (Procurement Act 2023 s.52(1))."
    return None


def is_above(itt: InvitationToTender) -> bool | None:
    """By the estimate, never by a bidder's price; the 2015 Regulations' own thresholds are not told here."""
    return itt.size.is_above if itt.law.tells_threshold else None


def _gross(value: Decimal | None) -> Json | None:
    """The estimate includes VAT (PA2023 s.123(2)), so it is a gross amount."""
    return None if value is None else {"amountGross": number(value), "currency": CURRENCY}


def document_of(header: Header, itt: InvitationToTender) -> Json:
    """The notice as the document that it is."""
    central = header.central_reference
    return without_gaps(
        {
            "id": header.reference,
            "documentType": header.kind.document_type,
            "noticeType": header.kind.code,
            "title": f"{header.kind.name}: {itt.title}",
            "description": f"Central digital platform reference: {central}" if central else None,
            "url": header.publisher.notice_url(header.reference),
            "datePublished": instant(header.published_at),
            "format": "text/html",
            "language": "en",
        }
    )
