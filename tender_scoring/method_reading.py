"""From a method document to a Method, refusing whatever the scoring rules refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import (
    get_array,
    get_choice,
    get_flag,
    get_id,
    get_mapping,
    get_number,
    get_object,
    get_text,
    get_whole,
    pointer,
    shown,
)
from tender_scoring.method import (
    DRAWN_LOT,
    HUNDRED,
    LOWEST_PRICE,
    Band,
    Criterion,
    Group,
    Method,
    Panel,
    PriceQuestion,
    Question,
    Scale,
)
from tender_scoring.prices import read_formula

MAX_DEPTH = 16
"""Levels of the tree of criteria."""
MAX_MEMBERS = 10**6
MAX_WINNERS = 20


@dataclass
class _Reading:
    """What the tree of criteria refers to, and the ids met so far."""

    scales: Mapping[str, Scale]
    panels: Mapping[str, Panel]
    ids: set[str] = field(default_factory=set)
    has_price: bool = False


def read_method(value: Any, where: str = "") -> Method:
    """Return the method that a document states; `where` is the document's own place."""
    optional = ("tie_break", "ranking", "winners")
    entries = get_object(value, where, ("scales", "panels", "criteria", "rounding"), optional)
    scales = _read_named(entries["scales"], pointer(where, "scales"), _read_scale)
    panels = _read_named(entries["panels"], pointer(where, "panels"), _read_panel)
    reading = _Reading(scales, panels)
    place = pointer(where, "criteria")
    criteria = tuple(
        _read_criterion(item, pointer(place, index), reading, 1)
        for index, item in enumerate(get_array(entries["criteria"], place))
    )
    _check_weights(criteria, place)
    ranking = _read_ranking(entries, where, reading)
    tie_break = _read_tie_break(entries.get("tie_break", []), pointer(where, "tie_break"), reading)
    winners = get_whole(entries.get("winners", 1), pointer(where, "winners"), 1, MAX_WINNERS)
    return Method(scales, panels, criteria, _read_places(entries, where), tie_break, ranking, winners)


def _read_named(value: Any, where: str, read: Any) -> Mapping[str, Any]:
    named = get_mapping(value, where)
    return MappingProxyType({get_id(name, where): read(item, pointer(where, name)) for name, item in named.items()})


def _read_scale(value: Any, where: str) -> Scale:
    entries = get_object(value, where, ("minimum", "maximum"), ("step", "normalise", "bands"))
    minimum = get_number(entries["minimum"], pointer(where, "minimum"))
    maximum = get_number(entries["maximum"], pointer(where, "maximum"))
    step = get_number(entries.get("step", "1"), pointer(where, "step"))
    names = ("from_zero", "from_minimum")
    normalise = get_choice(entries.get("normalise", "from_zero"), pointer(where, "normalise"), names)
    if step <= 0 or maximum <= minimum or ((maximum - minimum) / step).denominator != 1:
        message = "The step is above 0 and leads from the minimum exactly to a higher maximum."
        raise InvalidCase(Code.SCALE_GRID, message, where)
    if normalise == "from_zero" and minimum < 0:
        raise InvalidCase(Code.SCALE_NORMALISE, "from_zero needs a minimum of at least 0.", pointer(where, "minimum"))
    scale = Scale(minimum, maximum, step, normalise)
    if "bands" not in entries:
        return scale
    return Scale(minimum, maximum, step, normalise, _read_bands(entries["bands"], pointer(where, "bands"), scale))


def _read_bands(value: Any, where: str, scale: Scale) -> tuple[Band, ...]:
    bands: list[Band] = []
    for index, item in enumerate(get_array(value, where)):
        place = pointer(where, index)
        entries = get_object(item, place, ("score", "label", "descriptor"))
        score = get_number(entries["score"], pointer(place, "score"))
        on_scale = scale.minimum <= score <= scale.maximum and scale.steps_to(score) is not None
        if not on_scale or any(band.score == score for band in bands):
            message = "A band describes a score of the scale, and each score once."
            raise InvalidCase(Code.SCALE_BANDS, message, pointer(place, "score"))
        label = get_text(entries["label"], pointer(place, "label"))
        bands.append(Band(score, label, get_text(entries["descriptor"], pointer(place, "descriptor"))))
    return tuple(bands)


def _read_panel(value: Any, where: str) -> Panel:
    entries = get_object(value, where, ("combine",), ("quorum", "counts"))
    combine = get_choice(entries["combine"], pointer(where, "combine"), ("agreed", "mean", "median"))
    if combine == "agreed" and "quorum" in entries:
        message = "A quorum counts members of a mean or a median; an agreed panel has one agreed score."
        raise InvalidCase(Code.QUORUM_NOT_ALLOWED, message, pointer(where, "quorum"))
    quorum = get_whole(entries.get("quorum", 1), pointer(where, "quorum"), 1, MAX_MEMBERS)
    return Panel(combine, quorum, get_flag(entries.get("counts", True), pointer(where, "counts")))


def _read_criterion(value: Any, where: str, reading: _Reading, depth: int) -> Criterion:
    if depth > MAX_DEPTH:
        raise InvalidCase(Code.TOO_DEEP, f"The tree of criteria has more than {MAX_DEPTH} levels.", where)
    optional = ("children", "panel", "panels", "scale", "minimum", "price")
    entries = get_object(value, where, ("id", "weight"), optional)
    _register(entries["id"], pointer(where, "id"), reading)
    kinds = {"children", "panel", "panels", "price"} & entries.keys()
    needs_scale = bool(kinds & {"panel", "panels"})
    if len(kinds) != 1 or needs_scale != ("scale" in entries) or ("minimum" in entries and not needs_scale):
        message = "A criterion has children, or panel and scale, or panels and scale, or price; nothing else."
        raise InvalidCase(Code.CRITERION_KIND, message, where)
    if needs_scale:
        return _read_question(entries, where, reading)
    weight = _read_weight(entries["weight"], pointer(where, "weight"))
    if "price" in entries:
        reading.has_price = True
        return PriceQuestion(entries["id"], weight, read_formula(entries["price"], pointer(where, "price")))
    place = pointer(where, "children")
    children = tuple(
        _read_criterion(item, pointer(place, index), reading, depth + 1)
        for index, item in enumerate(get_array(entries["children"], place))
    )
    _check_weights(children, place)
    return Group(entries["id"], weight, children)


def _register(value: Any, where: str, reading: _Reading) -> None:
    identifier = get_id(value, where)
    if identifier in (LOWEST_PRICE, DRAWN_LOT):
        raise InvalidCase(Code.RESERVED_ID, f"'{identifier}' is the name of a tie-break.", where)
    if identifier in reading.ids:
        raise InvalidCase(Code.DUPLICATE_ID, f"The criterion {shown(identifier)} is given twice.", where)
    reading.ids.add(identifier)


def _read_weight(value: Any, where: str) -> Fraction:
    weight = get_number(value, where)
    if weight <= 0:
        raise InvalidCase(Code.WEIGHT_SIGN, "A weight is above 0, except on a pilot panel's own criterion.", where)
    return weight


def _check_weights(criteria: tuple[Criterion, ...], where: str) -> None:
    if not criteria:
        raise InvalidCase(Code.NO_CRITERIA, "There is no criterion.", where)
    total = sum((criterion.weight for criterion in criteria), Fraction(0))
    if total != HUNDRED:
        raise InvalidCase(Code.WEIGHTS_TOTAL, f"The weights total {_about(total)}, not 100.", where)


def _about(total: Fraction) -> str:
    return f"{float(total):.9f}".rstrip("0").rstrip(".")


def _read_question(entries: dict[str, Any], where: str, reading: _Reading) -> Question:
    scale_id = get_id(entries["scale"], pointer(where, "scale"))
    if scale_id not in reading.scales:
        raise InvalidCase(Code.UNKNOWN_SCALE, f"There is no scale {shown(scale_id)}.", pointer(where, "scale"))
    shares = _read_shares(entries, where, reading)
    minimum = _read_minimum(entries, where, reading.scales[scale_id])
    place = pointer(where, "weight")
    weight = get_number(entries["weight"], place)
    if len(shares) == 1 and not reading.panels[shares[0][0]].counts:
        if weight != 0:
            raise InvalidCase(Code.PILOT_COUNTS, 'A criterion that only a pilot panel scores has weight "0".', place)
    else:
        _read_weight(entries["weight"], place)
    return Question(entries["id"], weight, shares, "panels" in entries, scale_id, minimum)


def _read_shares(entries: dict[str, Any], where: str, reading: _Reading) -> tuple[tuple[str, Fraction], ...]:
    if "panel" in entries:
        panel = get_id(entries["panel"], pointer(where, "panel"))
        _check_panel(panel, pointer(where, "panel"), reading)
        return ((panel, HUNDRED),)
    place = pointer(where, "panels")
    shares = {get_id(panel, place): share for panel, share in get_mapping(entries["panels"], place).items()}
    read: list[tuple[str, Fraction]] = []
    for panel in sorted(shares):  # by id: the order of the keys of an object says nothing
        _check_panel(panel, pointer(place, panel), reading)
        share = get_number(shares[panel], pointer(place, panel))
        if share <= 0:
            raise InvalidCase(Code.WEIGHT_SIGN, "A panel's share is above 0.", pointer(place, panel))
        if len(shares) > 1 and not reading.panels[panel].counts:
            message = "A pilot panel has no share of a criterion that counts; give it a criterion of its own."
            raise InvalidCase(Code.PILOT_COUNTS, message, pointer(place, panel))
        read.append((panel, share))
    total = sum((share for _, share in read), Fraction(0))
    if total != HUNDRED:
        raise InvalidCase(Code.SHARES_TOTAL, f"The panels' shares total {_about(total)}, not 100.", place)
    return tuple(read)


def _check_panel(panel: str, where: str, reading: _Reading) -> None:
    if panel not in reading.panels:
        raise InvalidCase(Code.UNKNOWN_PANEL, f"There is no panel {shown(panel)}.", where)


def _read_minimum(entries: dict[str, Any], where: str, scale: Scale) -> Fraction | None:
    if "minimum" not in entries:
        return None
    minimum = get_number(entries["minimum"], pointer(where, "minimum"))
    if not scale.minimum <= minimum <= scale.maximum:
        raise InvalidCase(Code.MINIMUM_OFF_SCALE, "The minimum is not within the scale.", pointer(where, "minimum"))
    return minimum


def _read_places(entries: dict[str, Any], where: str) -> int:
    place = pointer(where, "rounding")
    rounding = get_object(entries["rounding"], place, ("places", "mode"))
    get_choice(rounding["mode"], pointer(place, "mode"), ("half_up",))
    return get_whole(rounding["places"], pointer(place, "places"), 0, 9)


def _read_ranking(entries: dict[str, Any], where: str, reading: _Reading) -> str:
    if "ranking" not in entries:
        return "highest_total"
    place = pointer(where, "ranking")
    ranking = get_choice(entries["ranking"], place, ("price_per_quality_point",))
    if reading.has_price:
        message = "Price per quality point divides by quality alone: the tree has no price criterion."
        raise InvalidCase(Code.RANKING_PRICE_LEAF, message, place)
    return ranking


def _read_tie_break(value: Any, where: str, reading: _Reading) -> tuple[str, ...]:
    names: list[str] = []
    for index, item in enumerate(get_array(value, where)):
        name = get_text(item, pointer(where, index))
        if DRAWN_LOT in names:
            raise InvalidCase(Code.TIE_BREAK, "Nothing is tried after a drawn lot.", pointer(where, index))
        if name not in (LOWEST_PRICE, DRAWN_LOT) and name not in reading.ids:
            message = f"{shown(name)} is neither a criterion nor lowest_price nor drawn_lot."
            raise InvalidCase(Code.TIE_BREAK, message, pointer(where, index))
        if name in names:
            raise InvalidCase(Code.TIE_BREAK, f"{shown(name)} is tried twice.", pointer(where, index))
        names.append(name)
    return tuple(names)
