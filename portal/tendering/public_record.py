"""What is public about an invitation, as JSON values: the same as its page shows, and nothing about bidders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.regulation.cpv import Code
from portal.tendering.amending.models import Addendum
from portal.tendering.document_models import DocumentVersion, InvitationDocument
from portal.tendering.ending_models import Ending
from portal.tendering.lots import limit_words, place_words
from portal.tendering.method_versions import MethodVersion, state_question
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.tendering.public_state import public_state
from portal.tendering.specifications import specification_of, state_specification
from portal.tendering.weighing import EffectiveWeights, effective, effective_in


def listed(itt: InvitationToTender, now: datetime) -> dict[str, Any]:
    """Describe an invitation as the list does."""
    return {
        "reference": itt.reference,
        "title": itt.title,
        "authority": itt.authority.name,
        "state": public_state(itt, now).key,
        "published_at": instant(itt.published_at),
        "closes_at": instant(itt.closes_at),
        "estimated_value": _money(itt.estimated_value),
        "term_months": itt.term_months,
        "break_months": itt.break_months,
        "cpv_codes": itt.cpv_codes,
        "light_touch": itt.light_touch,
        "called_off_from": _called_off_from(itt),
    }


def published(itt: InvitationToTender, now: datetime, codes: Iterable[Code]) -> dict[str, Any]:
    """Describe an invitation in full: what is bought, when, how bids are judged, what bidders answer."""
    titles = {code.code: code.description for code in codes}
    return listed(itt, now) | {
        "description": itt.description,
        "easy_read": itt.easy_read,
        "locality": itt.locality.name if itt.locality else None,
        "cpv": [{"code": code, "description": titles.get(code, "")} for code in itt.cpv_codes],
        "regime": itt.regime.value,
        "joint_buyers": [{"name": one.called, "does": one.parts} for one in itt.joint_buyers],
        "questions_until": instant(itt.asking_until),
        "answers_by_date": itt.answers_by_date.isoformat() if itt.answers_by_date else None,
        "award_date": itt.award_date.isoformat() if itt.award_date else None,
        "visit": _occasion(itt.visit_date, itt.visit_words),
        "presentations": _occasion(itt.presentations_date, itt.presentations_words),
        "contract_start_date": itt.contract_start_date.isoformat() if itt.contract_start_date else None,
        "bids_stand_days": itt.validity_days,
        "bids_stand_until": itt.bids_stand_until.isoformat() if itt.bids_stand_until else None,
        "publication": {"basis": itt.publication_basis.value, "central_reference": itt.central_reference},
        "contact_email": itt.authority.contact_email,
        "endings": [_ending(ending) for ending in itt.outcomes],
        "specification": state_specification(specification_of(itt.id)),
        "lots": [_lot(lot) for lot in itt.lots],
        "lot_limits": {"bid": itt.max_lots_bid, "awarded": itt.max_lots_awarded, "words": limit_words(itt)},
        "places": {"by_lot": {str(lot.number): lot.places for lot in itt.lots}, "words": place_words(itt)},
        "no_lots_reason": itt.no_lots_reason,
        "panels": [
            {"key": panel.key, "name": panel.name, "kind": panel.kind.value, "counts": panel.counts}
            for panel in itt.panels
        ],
        "criteria": [
            {"key": node.key, "title": node.title, "guidance": node.guidance, "plain_title": node.plain_title}
            for node in itt.criteria
        ],
        "effective_weights": _weights(effective(itt)),
        "questions": [_question(question, itt) for question in itt.questions],
        "documents": [_document(document, version) for document in itt.documents for version in document.published[:1]],
        "method": itt.method,
        "method_hash": itt.method_hash,
        "method_version": itt.method_version,
    }


def change(addendum: Addendum) -> dict[str, Any]:
    """Describe a published change: in words, and every date as it was and as it is."""
    return {
        "number": addendum.number,
        "published_at": instant(addendum.decided_at),
        "words": addendum.words,
        "reason": addendum.reason,
        "before": addendum.before,
        "after": {name: value.isoformat() for name, value in addendum.dates.items()},
        "questions": [
            {
                "key": change.key,
                "differences": [
                    {"field": each.label, "before": each.before, "after": each.after} for each in change.differences
                ],
            }
            for change in addendum.method_changes
        ],
        "earlier_answers": addendum.earlier_answers.value if addendum.earlier_answers else None,
        "time_reason": addendum.time_reason,
        "method_version": addendum.method_version,
    }


def version(held: MethodVersion) -> dict[str, Any]:
    """Describe one version of method and questions: all that it states, and its fingerprint."""
    return {
        "number": held.number,
        "published_at": instant(held.published_at),
        "sha256": held.hash,
        "stated": held.stated,
    }


def _occasion(on: date | None, words: str) -> dict[str, str] | None:
    return {"date": on.isoformat(), "words": words} if on is not None else None


def _ending(ending: Ending) -> dict[str, Any]:
    return {
        "what": ending.kind.value,
        "lot": ending.lot.number if ending.lot is not None else None,
        "reason": ending.reason,
        "decided_at": instant(ending.decided_at),
    }


def _called_off_from(itt: InvitationToTender) -> dict[str, Any] | None:
    lot = itt.framework_lot
    if lot is None:
        return None
    return {
        "reference": lot.framework.reference,
        "kind": lot.framework.kind.value,
        "title": lot.framework.title,
        "lot": {"number": lot.number, "title": lot.title},
    }


def _weights(weights: EffectiveWeights) -> list[dict[str, Any]]:
    names = {part.panel.id: part.panel.key for part in weights.parts if part.panel is not None}
    return [
        {
            "criterion": row.criterion.key,
            "marks": str(row.marks),
            "panels": {names[panel]: str(marks) for panel, marks in row.by_panel.items()},
        }
        for row in weights.rows
    ]


def _lot(lot: Lot) -> dict[str, Any]:
    return {
        "number": lot.number,
        "title": lot.title,
        "description": lot.description,
        "estimated_value": _money(lot.worth),
        **(_own_method(lot) if lot.method is not None else {}),
    }


def _own_method(lot: Lot) -> dict[str, Any]:
    """How bids for a lot are judged otherwise than the invitation says of every lot."""
    return {"effective_weights": _weights(effective_in(lot)), "method": lot.method, "method_hash": lot.method_hash}


def _question(question: Question, itt: InvitationToTender) -> dict[str, Any]:
    return state_question(question, itt) | {"rule": question.asked.rule}


def instant(moment: datetime | None) -> str | None:
    """An instant as JSON has it: UTC, with "Z"; None stays None."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _document(document: InvitationDocument, version: DocumentVersion) -> dict[str, Any]:
    return {
        "id": str(version.id),
        "kind": document.kind.value,
        "title": document.title,
        "version": version.number,
        "published_at": instant(version.published_at),
        "restricted": document.facts.is_restricted,
        "file_name": version.file_name,
        "media_type": version.media_type,
        "size": version.size,
        "sha256": version.sha256,
    }


def _money(pounds: Decimal | None) -> dict[str, str] | None:
    return {"amount": f"{pounds:.2f}", "currency": "GBP"} if pounds is not None else None
