"""The controls in a form's markup: what is typed into, and what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

TEXT_KINDS = frozenset({"text", "email", "number", "search", "tel", "textarea", "url"})

# Our own templates wrote it: attributes stand in double quotes, and every value is escaped.
_CONTROL = re.compile(r"<input\b([^>]*)>|<textarea\b([^>]*)>([^<]*)|<select\b([^>]*)>(.*?)</select>", re.DOTALL)
_OPTION = re.compile(r"<option\b([^>]*)>")
_ATTRIBUTE = re.compile(r'\b([a-z-]+)(?:="([^"]*)")?')


@dataclass(frozen=True)
class Control:
    """One control: what a browser would send of it as it stands (None: nothing)."""

    name: str
    kind: str
    shown: str | None


def controls_in(markup: str) -> Iterator[Control]:
    """Every control of the markup that has a name."""
    for found in _CONTROL.finditer(markup):
        box, area, text, picker, options = found.groups("")
        held = _attributes(box or area or picker)
        kind = "textarea" if area else "select" if picker else held.get("type", "text")
        shown: str | None = text if area else _picked(options) if picker else held.get("value", "")
        if kind in {"radio", "checkbox"} and "checked" not in held:
            shown = None
        if "name" in held:
            yield Control(unescape(held["name"]), kind, shown)


def is_typed_into(markup: str, secrets: frozenset[str]) -> bool:
    """Whether there is a control for text, other than for a secret."""
    return any(control.kind in TEXT_KINDS and control.name not in secrets for control in controls_in(markup))


def file_boxes(markup: str) -> frozenset[str]:
    """The names of the controls that files are chosen with."""
    return frozenset(control.name for control in controls_in(markup) if control.kind == "file")


def unlike(typed: Mapping[str, Sequence[str]], markup: str) -> tuple[str, ...]:
    """What in `typed` is not what the markup shows; what nobody sees does not count."""
    shown: dict[str, set[str]] = {}
    hidden = set()
    for control in controls_in(markup):
        if control.kind == "hidden":
            hidden.add(control.name)
        shown.setdefault(control.name, set()).add(plain(unescape(control.shown or "")))
    return tuple(
        one
        for name, held in typed.items()
        if name not in hidden
        for one in held
        if plain(one) not in shown.get(name, {""})
    )


def plain(text: str) -> str:
    """The text without what a browser changes on the way: line ends, and space around it."""
    return "\n".join(text.split("\r\n")).strip()


def _attributes(markup: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(markup))


def _picked(options: str) -> str:
    offered = [_attributes(option) for option in _OPTION.findall(options)]
    return next((option.get("value", "") for option in offered if "selected" in option), "")
