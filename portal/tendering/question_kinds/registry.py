"""Every kind of question there is, in the order in which officers choose among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.tendering.question_kinds.choices import Declaration, OneOf, SeveralOf, YesNo
from portal.tendering.question_kinds.conditions import Condition
from portal.tendering.question_kinds.days import Day
from portal.tendering.question_kinds.figures import Money, Number
from portal.tendering.question_kinds.kind import Asked, Kind
from portal.tendering.question_kinds.schedule import PriceSchedule
from portal.tendering.question_kinds.supplier import CoreSupplierInformation
from portal.tendering.question_kinds.words import EasyRead, Files, InWords, PassFail
from portal.tendering.states import EnvelopeKind, QuestionKind

KINDS: dict[QuestionKind, Kind] = {
    kind.name: kind
    for kind in (
        InWords(),
        EasyRead(),
        PassFail(),
        Files(),
        YesNo(),
        OneOf(),
        SeveralOf(),
        Number(),
        Money(),
        Day(),
        Declaration(),
        PriceSchedule(),
        CoreSupplierInformation(),
        Condition(),
    )
}


def asked_by(row: Mapping[str, Any]) -> Asked:
    """The question that a row states: {"key", "prompt", "kind", "settings", "required", "envelope"}."""
    return Asked(
        key=row["key"],
        prompt=row["prompt"],
        kind=KINDS[QuestionKind(row["kind"])],
        settings=row["settings"],
        required=row["required"],
        envelope=EnvelopeKind(row["envelope"]),
    )
