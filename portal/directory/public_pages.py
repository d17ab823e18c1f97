"""What is public about frameworks: the list, and one with everything that a provider needs to decide to join."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, load_only, selectinload

from portal.core.columns import db
from portal.core.lifecycle import PublicState
from portal.core.paging import page_key, read_page_key
from portal.directory.figures import (
    BUCKETS,
    Decisions,
    Growth,
    Member,
    Refusals,
    decisions_of,
    growth_of,
    members_by_lot,
    refusals_of,
)
from portal.frameworks.counting import Counts, counts_of
from portal.frameworks.models import Framework, FrameworkCriterion, FrameworkDocument, FrameworkLot, Participant
from portal.frameworks.queries import participants_of
from portal.frameworks.questionnaire import Question, SelectionQuestionnaire, read
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import award_again_by
from portal.frameworks.validity import public_state
from portal.organisations.models import ContractingAuthority
from portal.regulation.cpv import Code
from portal.regulation.kinds import FrameworkKind
from portal.regulation.local_time import local_date

PAGE_SIZE = 20


@dataclass(frozen=True)
class Listed:
    """A framework on the list, with its state and figures."""

    framework: Framework
    state: PublicState
    counts: Counts


@dataclass(frozen=True)
class Page:
    """One page of the list, and the key of the next one (None at the end)."""

    rows: list[Listed]
    next_key: str | None


@dataclass(frozen=True)
class Shown:
    """One framework as its public page shows it."""

    framework: Framework
    state: PublicState
    counts: Counts
    members: dict[uuid.UUID, list[Member]]
    growth: Growth
    decisions: Decisions
    refusals: Refusals
    questionnaire: SelectionQuestionnaire
    participants: list[Participant]
    documents: list[FrameworkDocument]


def list_frameworks(
    *, now: datetime, kind: FrameworkKind | None = None, after: str = "", size: int = PAGE_SIZE
) -> Page:
    """List what went live, newest first, in five statements at most.

    `after` is the `next_key` of the page before. Raises `NotFound` for a key that is not one.
    """
    query = (
        select(Framework)
        .where(Framework.live_at.is_not(None), Framework.status != FrameworkStatus.DRAFT)
        .options(
            joinedload(Framework.authority).load_only(ContractingAuthority.name),
            selectinload(Framework.lots).load_only(FrameworkLot.number, FrameworkLot.title),
            selectinload(Framework.windows),
        )
        .order_by(Framework.live_at.desc(), Framework.id.desc())
        .limit(size + 1)
    )
    if kind is not None:
        query = query.where(Framework.kind == kind)
    if after:
        query = query.where(
            tuple_(Framework.live_at, Framework.id) < tuple_(*read_page_key(after, datetime, uuid.UUID))
        )
    found = list(db.session.scalars(query))
    shown = found[:size]
    counts = counts_of(framework.id for framework in shown)
    rows = [Listed(framework, public_state(framework, now), counts[framework.id]) for framework in shown]
    return Page(rows, _key(shown[-1]) if len(found) > size else None)


def show_framework(framework: Framework, now: datetime) -> Shown:
    """Gather everything for the public page, in a constant number of statements."""
    documents = db.session.scalars(
        select(FrameworkDocument)
        .where(FrameworkDocument.framework_id == framework.id)
        .order_by(FrameworkDocument.title)
        .options(
            load_only(
                FrameworkDocument.title,
                FrameworkDocument.file_name,
                FrameworkDocument.size,
                FrameworkDocument.sha256,
                FrameworkDocument.added_at,
            )
        )
    ).all()
    return Shown(
        framework=framework,
        state=public_state(framework, now),
        counts=counts_of([framework.id])[framework.id],
        members=members_by_lot(framework.id) if framework.publishes_members else {},
        growth=growth_of(framework, now),
        decisions=decisions_of(framework.id),
        refusals=refusals_of(framework.id),
        questionnaire=read(framework.questionnaire),
        participants=[one for one in participants_of(framework.id) if one.withdrawn_on is None],
        documents=list(documents),
    )


def listed_record(listed: Listed) -> dict[str, Any]:
    """The list's entry as JSON values."""
    framework = listed.framework
    return {
        "reference": framework.reference,
        "title": framework.title,
        "authority": framework.authority.name,
        "kind": framework.kind.value,
        "regime": framework.regime.value,
        "light_touch": framework.light_touch,
        "state": listed.state.key,
        "valid_from": _instant(framework.valid_from),
        "valid_until": _instant(framework.valid_until),
        "lots": [{"number": lot.number, "title": lot.title} for lot in framework.lots],
        "providers": listed.counts.providers,
        "settings": listed.counts.settings,
        "participating_authorities": listed.counts.participants,
    }


def shown_record(shown: Shown, codes: Iterable[Code]) -> dict[str, Any]:
    """The public page as JSON values: the same, and no more."""
    framework = shown.framework
    titles = {code.code: code.description for code in codes}
    return listed_record(Listed(framework, shown.state, shown.counts)) | {
        "description": framework.description,
        "how_it_works": framework.how_it_works,
        "cpv": [{"code": code, "description": titles.get(code, "")} for code in framework.cpv_codes],
        "estimated_value": _money(framework.estimated_value),
        "established_on": framework.established_on.isoformat() if framework.established_on else None,
        "is_open_framework": framework.is_open_framework,
        "decision_working_days": framework.decision_days,
        "fee_percent_of_awarded_contracts": str(framework.fee_percent) if framework.fee_percent is not None else None,
        "most_members": None,
        "publication_reference": framework.publication_reference,
        "replaces": framework.replaces,
        "providers_before": framework.providers_before,
        "questionnaire_sha256": framework.questionnaire_hash,
        "lots": [_lot(lot, shown) for lot in framework.lots],
        "criteria": [_criterion(criterion) for criterion in framework.criteria],
        "participants": [participant.authority.name for participant in shown.participants],
        "windows": [
            {"opens_at": _instant(window.opens_at), "closes_at": _instant(window.closes_at)}
            for window in framework.windows
        ],
        "documents": [
            {"title": document.title, "file_name": document.file_name, "sha256": document.sha256}
            for document in shown.documents
        ],
        "questionnaire": shown.questionnaire.to_dict(),
        "growth": _growth(shown.growth),
        "decisions": {
            "total": shown.decisions.total,
            "median_days": shown.decisions.median,
            "days": dict(zip([words for _, _, words in BUCKETS], shown.decisions.counts, strict=True)),
        },
        "refusals": {"total": shown.refusals.total, "reasons": dict(shown.refusals.reasons or ()) or None},
    }


def conditions_by_lot(questionnaire: SelectionQuestionnaire) -> dict[int, list[Question]]:
    """The questions that are asked for certain lots only, by the lot's number."""
    found: dict[int, list[Question]] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            for lot in question.lots:
                found.setdefault(lot, []).append(question)
    return found


def award_dates(framework: Framework) -> tuple[Any, Any] | None:
    """The days before which an open framework is awarded again, or None for anything else (PA2023 s.49)."""
    if not framework.is_open_framework or framework.valid_from is None:
        return None
    return award_again_by(framework.valid_from)


def _lot(lot: FrameworkLot, shown: Shown) -> dict[str, Any]:
    members = shown.members.get(lot.id, [])
    return {
        "number": lot.number,
        "title": lot.title,
        "definition": lot.definition,
        "cpv_codes": lot.cpv_codes,
        "areas": lot.areas,
        "placement_types": lot.placement_types,
        "largest_contract": _money(lot.largest_contract),
        "bands": [{"title": band.title, "description": band.description} for band in lot.bands],
        "members": [{"name": member.name, "settings": member.settings} for member in members]
        if shown.framework.publishes_members
        else None,
    }


def _criterion(criterion: FrameworkCriterion) -> dict[str, str]:
    return {
        "title": criterion.title,
        "description": criterion.description,
        "lowest_weight": str(criterion.lowest_weight),
        "highest_weight": str(criterion.highest_weight),
    }


def _growth(growth: Growth) -> list[dict[str, Any]]:
    return [
        {
            "on": local_date(instant).isoformat(),
            "members_by_lot": {str(lot): figures[place] for lot, figures in growth.members},
        }
        for place, instant in enumerate(growth.instants)
    ]


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None


def _money(value: Any) -> dict[str, str] | None:
    return {"amount": f"{value:.2f}", "currency": "GBP"} if value is not None else None


def _key(framework: Framework) -> str:
    assert framework.live_at is not None
    return page_key(framework.live_at, framework.id)
