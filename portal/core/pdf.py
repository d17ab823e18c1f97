"""Every PDF of the portal: a document is data, and one template says how it looks (decision 23).

PDF/UA-1 (ISO 14289-1): tagged headings, lists and tables, a language and a title; typst refuses to write anything
less. It runs in a process of its own (`core.apart`), after whose start no file and no connection can be opened; what
people wrote reaches it as JSON and is never read as markup.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from portal.core.apart import Broken, limit_rights, run_apart
from portal.core.errors import PortalError
from portal.core.printing import printable

AUTHOR = "Fairlot"


class NotPrinted(PortalError):
    """The document took more time or memory than one may take."""

    code = "not_printed"


@dataclass(frozen=True)
class Heading:
    """A heading under the title (level 2), or under one of those (3): none may be left out."""

    text: str
    level: int = 2
    kind: str = "heading"


@dataclass(frozen=True)
class Text:
    """Paragraphs, parted by empty lines."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Facts:
    """Names with their values, each value on as many lines as it has."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under a head that every page repeats; `widths` are shares of the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    kind: str = "table"


@dataclass(frozen=True)
class Card:
    """Something to cut out and hand over: a name, a square to scan (SVG), a code in big letters, a few lines."""

    name: str
    picture: str
    pictured: str
    """What the square is, for who cannot see it."""
    code: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Cards:
    """Cards with lines to cut along, two beside each other."""

    cards: tuple[Card, ...]
    kind: str = "cards"


Part = Heading | Text | Facts | Table | Cards
_DATA = frozenset({"kind", "picture"})
"""What nobody reads as words."""


@dataclass(frozen=True)
class Document:
    """What a PDF says: title, lead, parts, and what its foot says beside the page's number."""

    title: str
    lead: str
    footer: str
    parts: tuple[Part, ...]
    made_at: datetime


def make_pdf(document: Document) -> bytes:
    """Print the document; the same document gives the same bytes. Raises `NotPrinted`."""
    said = asdict(document) | {"author": AUTHOR, "made_at": int(document.made_at.timestamp())}
    for latin in (False, True):
        # A cluster of characters that no one font has whole is refused; plain letters never are.
        given = json.dumps(_each(said, partial(printable, latin=latin))).encode()
        try:
            made = run_apart(__name__, given)
        except Broken as broken:
            raise NotPrinted("This is too large for one document.") from broken
        if made:
            return made
    raise RuntimeError("A document of plain letters was refused.")


def _each(said: Any, change: Any) -> Any:
    if isinstance(said, dict):
        return {name: value if name in _DATA else _each(value, change) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_each(value, change) for value in said]
    return change(said) if isinstance(said, str) else said


def main() -> None:
    """Read a document from the standard input and write its PDF, or nothing where a letter is missing."""
    # Loaded only here: compiler and fonts have no place in the memory of the portal's own processes.
    import typst

    said = sys.stdin.buffer.read().decode()
    template = Path(__file__).with_name("document.typ").read_bytes()
    limit_rights()
    try:
        made = typst.compile(
            template,
            sys_inputs={"document": said},
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=json.loads(said)["made_at"],
        )
    except typst.TypstError as refused:
        if "could not be displayed" not in str(refused):
            raise
        made = b""
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
