"""Reading the entries of `scores` and `agreed`, a column at a time.

A board of 454 bids has 136,200 entries and is read again on every change, so the checks run over whole
columns; only when one fails are the entries looked at one by one, to say which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from tender_scoring.case import Entries
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import get_array, get_id, get_number, get_object, get_text, pointer, shown
from tender_scoring.plan import Part


@dataclass(frozen=True, slots=True)
class Known:
    """What entries may refer to."""

    bids: Mapping[str, int]
    parts: Sequence[Part]
    panels: frozenset[str]
    criteria: frozenset[str]
    recused: frozenset[tuple[str, str]]


def read_entries(value: Any, where: str, known: Known, *, agreed: bool) -> Entries:
    """Return the entries of a list, less those of recused members, every one checked."""
    items = get_array(value, where)
    required = ("panel", "bid", "criterion", "score") if agreed else ("panel", "member", "bid", "criterion", "score")
    columns = _columns(items, where, required)
    for key, column in columns.items():
        if key != "score":
            _check_texts(column, key, where, get_text if key == "reason" else get_id)
    reasons = columns["reason"]
    bids = _indices(columns["bid"], known.bids, Code.UNKNOWN_BID, "bid", where)
    parts = _parts(columns, where, known)
    if agreed:
        _check_agreed(parts, reasons, where, known)
    members = columns.get("member", [None] * len(items))
    _check_doubles(bids, parts, members, where, known)
    steps = _steps(columns["score"], parts, where, known)
    keep = _not_recused(columns["panel"], members, known)
    if keep is None:
        return Entries(bids, parts, tuple(members), tuple(steps), tuple(reasons))
    kept = [tuple(column[index] for index in keep) for column in (members, steps, reasons)]
    return Entries(bids[keep], parts[keep], *kept)


def _columns(items: list[Any], where: str, required: Sequence[str]) -> dict[str, list[Any]]:
    """Return the values of each key; a reason that is not given is empty."""
    keys = (*required, "reason")
    if items and set(map(type, items)) <= {dict} and set(map(len, items)) == {len(keys)}:
        try:  # as many keys as there are names, and every name among them: no other key
            return {key: [item[key] for item in items] for key in keys}
        except KeyError:
            pass
    for index, item in enumerate(items):
        get_object(item, pointer(where, index), required, ("reason",))
    columns = {key: [item[key] for item in items] for key in required}
    return columns | {"reason": [item.get("reason", "") for item in items]}


def _check_texts(column: list[Any], key: str, where: str, check: Callable[[Any, str], str]) -> None:
    try:
        for text in set(column):  # a column has few different texts
            check(text, "")
    except (InvalidCase, TypeError):  # a list or an object cannot be in a set
        for index, item in enumerate(column):
            check(item, pointer(where, index, key))
        raise


def _indices(column: list[Any], known: Mapping[Any, int], code: Code, key: str, where: str) -> Any:
    try:
        return np.fromiter(map(known.__getitem__, column), np.int64, len(column))
    except KeyError:
        index = next(index for index, item in enumerate(column) if item not in known)
        raise InvalidCase(code, f"There is no {key} {shown(column[index])}.", pointer(where, index, key)) from None


def _parts(columns: Mapping[str, list[Any]], where: str, known: Known) -> Any:
    """Return the part that each entry's panel and criterion make, by number."""
    panels = {name: index for index, name in enumerate(sorted(known.panels))}
    criteria = {name: index for index, name in enumerate(sorted(known.criteria))}
    panel = _indices(columns["panel"], panels, Code.UNKNOWN_PANEL, "panel", where)
    criterion = _indices(columns["criterion"], criteria, Code.UNKNOWN_CRITERION, "criterion", where)
    named = sorted((panels[part.panel] * len(criteria) + criteria[part.criterion], index)
                   for index, part in enumerate(known.parts))  # fmt: skip
    codes = np.array([code for code, _ in named], np.int64)
    given = panel * len(criteria) + criterion
    found = np.searchsorted(codes, given)
    wrong = np.flatnonzero(np.append(codes, -1)[found] != given)
    if wrong.size:
        index = int(wrong[0])
        message = f"The panel {shown(columns['panel'][index])} does not score {shown(columns['criterion'][index])}."
        raise InvalidCase(Code.NOT_THIS_PANEL, message, pointer(where, index))
    return np.array([index for _, index in named], np.int64)[found]


def _check_agreed(parts: Any, reasons: list[str], where: str, known: Known) -> None:
    for index, (part, reason) in enumerate(zip(parts.tolist(), reasons, strict=True)):
        if known.parts[part].combine != "agreed":
            message = f"The panel {shown(known.parts[part].panel)} does not combine by agreement."
            raise InvalidCase(Code.NOT_AGREED_PANEL, message, pointer(where, index, "panel"))
        if not reason.strip():
            raise InvalidCase(Code.MISSING_REASON, "An agreed score needs its reason.", pointer(where, index))


def _check_doubles(bids: Any, parts: Any, members: list[Any], where: str, known: Known) -> None:
    names = {name: index for index, name in enumerate(dict.fromkeys(members))}
    member = np.fromiter(map(names.__getitem__, members), np.int64, len(members))
    # below 2**63: entries and bids together are at most MAX_BRACKETS, parts at most as many
    cell = (parts * max(len(names), 1) + member) * max(len(known.bids), 1) + bids
    order = np.argsort(cell, kind="stable")
    again = order[1:][cell[order[1:]] == cell[order[:-1]]]
    if again.size:
        index = int(again.min())
        raise InvalidCase(Code.DUPLICATE_SCORE, "This cell has a score already.", pointer(where, index))


def _steps(column: list[Any], parts: Any, where: str, known: Known) -> list[int]:
    """Return each score as steps above the bottom of its scale, reading each distinct text once."""
    pairs = list(zip(parts.tolist(), column, strict=True))
    if set(map(type, column)) <= {str}:
        steps = {(part, text): _steps_or_none(text, known.parts[part]) for part, text in set(pairs)}
        if None not in steps.values():
            return [steps[pair] or 0 for pair in pairs]
    for index, (part, text) in enumerate(pairs):
        score = get_number(text, pointer(where, index, "score"))
        if _steps_or_none(text, known.parts[part]) is None:
            _refuse_score(score, known.parts[part], where, index)
    raise AssertionError("a column that is not whole has an entry to refuse")


def _steps_or_none(text: str, part: Part) -> int | None:
    try:
        score = get_number(text, "")
    except InvalidCase:
        return None
    on_scale = part.scale.minimum <= score <= part.scale.maximum
    return part.scale.steps_to(score) if on_scale else None


def _refuse_score(score: Fraction, part: Part, where: str, index: int) -> NoReturn:
    place = pointer(where, index, "score")
    if not part.scale.minimum <= score <= part.scale.maximum:
        message = f"The score is outside the scale of {shown(part.criterion)}."
        raise InvalidCase(Code.SCORE_OFF_SCALE, message, place)
    message = f"The score lies between two steps of the scale of {shown(part.criterion)}."
    raise InvalidCase(Code.SCORE_OFF_STEP, message, place)


def _not_recused(panels: list[str], members: list[Any], known: Known) -> Any:
    if not known.recused:
        return None
    pairs = zip(panels, members, strict=True)
    return np.array([index for index, pair in enumerate(pairs) if pair not in known.recused], np.int64)
