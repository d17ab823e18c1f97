"""The help pages: plain text files in templates/help/pages, read once; how they are searched.

A file begins with its title, whom it is for and a sentence on it; then paragraphs, lists ("- ") and headings ("# ").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from portal.core.errors import NotFound
from portal.core.parsing.text import one_line
from portal.paths import TEMPLATES

FOLDER = Path(TEMPLATES) / "help" / "pages"
AUDIENCES = {
    "bidders": "Bidding and joining",
    "buyers": "Buying",
    "panels": "Sitting on a panel",
    "everybody": "Your account and your data",
}


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph (one line) or a list (its items)."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class HelpPage:
    """One page."""

    slug: str
    title: str
    audience: str
    summary: str
    blocks: tuple[Block, ...]

    @property
    def words(self) -> str:
        """Everything in it, for the search."""
        said = [line for block in self.blocks for line in block.lines]
        return " ".join((self.title, self.summary, *said)).casefold()


@cache
def help_pages() -> tuple[HelpPage, ...]:
    """Every page, by audience and title."""
    order = list(AUDIENCES)
    found = [_read(path) for path in FOLDER.glob("*.txt")]
    return tuple(sorted(found, key=lambda page: (order.index(page.audience), page.title)))


def help_page(slug: str) -> HelpPage:
    """One page, or `NotFound`."""
    for page in help_pages():
        if page.slug == slug:
            return page
    raise NotFound("There is no help page at this address.")


def search(typed: str) -> list[HelpPage]:
    """The pages in which every word that was typed stands; those with them in their title first."""
    words = one_line(typed).casefold().split()
    found = [page for page in help_pages() if all(word in page.words for word in words)]
    return sorted(found, key=lambda page: not all(word in page.title.casefold() for word in words))


def _read(path: Path) -> HelpPage:
    title, audience, summary, _, *rest = path.read_text().splitlines()
    named = {name: value for name, _, value in (line.partition(": ") for line in (title, audience, summary))}
    blocks = []
    for kind, lines in groupby(filter(None, rest), key=_kind):
        texts = [line.removeprefix("- ").removeprefix("# ") for line in lines]
        blocks += [Block(kind, tuple(texts))] if kind == "list" else [Block(kind, (text,)) for text in texts]
    return HelpPage(path.stem, named["Title"], named["For"], named["Summary"], tuple(blocks))


def _kind(line: str) -> str:
    return "list" if line.startswith("- ") else "heading" if line.startswith("# ") else "paragraph"
