"""Which scores lack a reason that says something.

Reasons that repeat the scale's descriptor explain nothing: in Woods Building Services v Milton Keynes Council
[2015] EWHC 2011 (TCC) such circular notes did not carry the scores.
"""

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.case import Case, Entries
from tender_scoring.plan import Part

SENTENCE_WORDS = 6
"""A reason with fewer words is shorter than a sentence."""
LIKE_DESCRIPTOR = Fraction(4, 5)
"""The share of a reason's different words that come from the descriptor of the score given."""

FAULTS = ("missing", "short", "like_descriptor")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WeakReason:
    """An agreed score whose reason deserves a second look, and which of FAULTS it has."""

    panel: str
    bid: str
    criterion: str
    fault: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {"panel": self.panel, "bid": self.bid, "criterion": self.criterion, "fault": self.fault}


@dataclass(frozen=True, slots=True)
class MemberReasons:
    """How many reasons a member gave, and how many have each of FAULTS."""

    panel: str
    member: str
    scores: int
    missing: int
    short: int
    like_descriptor: int

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "panel": self.panel,
            "member": self.member,
            "scores": self.scores,
            "missing": self.missing,
            "short": self.short,
            "like_descriptor": self.like_descriptor,
        }


def fault_of(reason: str, descriptor: str) -> str | None:
    """Return what a reason lacks, or None.

    >>> fault_of("", "Meets every requirement."), fault_of("Good answer.", "Meets every requirement.")
    ('missing', 'short')
    >>> fault_of("The answer meets every requirement very well.", "The answer meets every requirement well.")
    'like_descriptor'
    >>> fault_of("Names the two youth workers and their training.", "Meets every requirement.") is None
    True
    """
    words = _WORD.findall(reason.casefold())
    if not words:
        return "missing"
    if len(words) < SENTENCE_WORDS:
        return "short"
    different = set(words)
    common = different & set(_WORD.findall(descriptor.casefold()))
    return "like_descriptor" if Fraction(len(common), len(different)) >= LIKE_DESCRIPTOR else None


def weak_agreed_reasons(case: Case) -> tuple[WeakReason, ...]:
    """Return the agreed scores with a weak reason, in the order of bids and then of the method."""
    faults = _faults(case, case.agreed)
    found: list[tuple[int, int, str]] = []
    for bid, part, fault in zip(case.agreed.bids.tolist(), case.agreed.parts.tolist(), faults, strict=True):
        if fault is not None:
            found.append((bid, part, fault))
    return tuple(
        WeakReason(case.parts[part].panel, case.bids[bid], case.parts[part].criterion, fault)
        for bid, part, fault in sorted(found)
    )


def member_reasons(case: Case) -> tuple[MemberReasons, ...]:
    """Return how well each member gave reasons, by panel and member."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    faults = _faults(case, case.individual)
    entries = zip(case.individual.parts.tolist(), case.individual.members, faults, strict=True)
    for part, member, fault in entries:
        count = counts.setdefault((case.parts[part].panel, member or ""), Counter())
        count["scores"] += 1
        count[fault or "sound"] += 1
    return tuple(
        MemberReasons(panel, member, count["scores"], *(count[fault] for fault in FAULTS))
        for (panel, member), count in sorted(counts.items())
    )


def _faults(case: Case, entries: Entries) -> list[str | None]:
    known: dict[tuple[int, int, str], str | None] = {}
    faults: list[str | None] = []
    for key in zip(entries.parts.tolist(), entries.steps, entries.reasons, strict=True):
        if key not in known:
            known[key] = fault_of(key[2], _descriptor(case.parts[key[0]], key[1]))
        faults.append(known[key])
    return faults


def _descriptor(part: Part, steps: int) -> str:
    score = part.scale.score(steps)
    return next((band.descriptor for band in part.scale.bands if band.score == score), "")
