"""The versions of an invitation's method and questions: the first is published, each further one by an addendum.

Every version stays public with its fingerprint; a sealed bid says which one it answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.canonical import sha256_of
from portal.core.columns import Model, db
from portal.core.errors import NotFound
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.tendering.specifications import specification_of, state_specification
from portal.tendering.states import EnvelopeKind, QuestionKind


class MethodVersion(Model):
    """What bidders were asked, and how their bids are judged, from one instant on. Never changed, never removed."""

    __tablename__ = "method_version"

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    stated: Mapped[dict[str, Any]]
    """{"method", "criteria", "questions", "specification", "methods_of_lots"}, as `state` writes them; early ones have
    not "specification", and the last is there only where lots differ."""
    hash: Mapped[str]
    """SHA-256 (hexadecimal) of `stated`: keys sorted, no spaces, UTF-8."""


def state(itt: InvitationToTender) -> dict[str, Any]:
    """Write down the method and the questions as they are."""
    ordered = sorted(itt.questions, key=lambda each: (each.position, each.key))
    return {
        "method": itt.method,
        "criteria": [
            {"key": node.key, "title": node.title, "guidance": node.guidance, "plain_title": node.plain_title}
            for node in itt.criteria
        ],
        "questions": [state_question(question, itt) for question in ordered],
        "specification": state_specification(specification_of(itt.id)),
        **_methods_of_lots(itt),
    }


def _methods_of_lots(itt: InvitationToTender) -> dict[str, Any]:
    """The methods of the lots that differ, by number; nothing where none does: other versions keep their hash."""
    own = {str(lot.number): lot.method for lot in itt.lots if lot.method is not None}
    return {"methods_of_lots": own} if own else {}


def state_question(question: Question, itt: InvitationToTender) -> dict[str, Any]:
    """Write down one question."""
    return {
        "key": question.key,
        "kind": question.kind.value,
        "prompt": question.prompt,
        "guidance": question.guidance,
        "settings": question.settings,
        "required": question.required,
        "criterion": question.criterion.key if question.criterion else None,
        "envelope": question.envelope.value,
        "lots": [lot.number for lot in itt.lots if question.is_asked_for(lot.id)],
    }


def questions_of_version(version: MethodVersion, itt: InvitationToTender, lot: Lot) -> list[Question]:
    """What bids for a lot answered under a version: the opposite of `state_question`, rows of no table."""
    criteria = {node.key: node.id for node in itt.criteria}
    return [
        Question(
            itt_id=itt.id,
            position=place,
            key=stated["key"],
            kind=QuestionKind(stated["kind"]),
            prompt=stated["prompt"],
            guidance=stated["guidance"],
            settings=stated["settings"],
            required=stated["required"],
            criterion_id=criteria.get(stated["criterion"]),
            envelope=EnvelopeKind(stated["envelope"]),
            lot_ids=[],
        )
        for place, stated in enumerate(version.stated["questions"])
        if lot.number in stated["lots"]
    ]


def keep_version(itt: InvitationToTender, at: datetime) -> MethodVersion:
    """Keep the method and the questions as they are now under the number that the invitation says."""
    stated = state(itt)
    made = MethodVersion(
        itt_id=itt.id, number=itt.method_version, published_at=at, stated=stated, hash=sha256_of(stated)
    )
    db.session.add(made)
    return made


def versions_of_method(itt_id: uuid.UUID) -> Sequence[MethodVersion]:
    """Every version, the one in force first."""
    return db.session.scalars(
        select(MethodVersion).where(MethodVersion.itt_id == itt_id).order_by(MethodVersion.number.desc())
    ).all()


def method_version(itt_id: uuid.UUID, number: int) -> MethodVersion:
    """One version; raises `NotFound`."""
    found = db.session.get(MethodVersion, (itt_id, number))
    if found is None:
        raise NotFound("There is no such version.")
    return found
