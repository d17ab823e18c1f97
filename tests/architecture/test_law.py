"""The law stands in one place: nothing outside regulation decides by kind, by regime or by size."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from portal.paths import TEMPLATES
from portal.regulation.citations import CITED
from portal.regulation.table import as_markdown
from tests.architecture.source import ROOT, modules, parsed

KINDS = {"FrameworkKind", "IttKind", "Regime", "Size"}
SECTION = re.compile(r"PA2023|PCR2015|PR24|SI 20[0-9]{2}/")
WORDED = re.compile(SECTION.pattern + r"|(?:[Ss]ections?|[Rr]egulations?|reg|ss?\.) ?[0-9]+\b|[0-9]{4}/716")
CITING = {
    "portal.bidding.opening": "why undecided applications come first, in the refusal itself",
    "portal.bidding.setting_aside": "the same, and the reason that stands in the record of the opening",
    "portal.frameworks.proportion": "each doubt about a condition has its own section",
    "portal.frameworks.standard_questions": "the questionnaire is a table of grounds, each with its section",
    "portal.frameworks.terms": "the day on which markets began",
    "portal.joining.deciding": "an extension that is refused",
    "portal.members.removing": "a removal that is refused",
    "portal.tendering.explaining": "what an applicant may do",
    "portal.tendering.inheriting": "what an applicant may do",
    "portal.core.words": "the words for the names of the laws",
}
"""Modules that print a section of their own, and why it belongs there and to no row."""
PAGES_OF_LAW = {
    "web/public/accessibility.html": "the regulations that ask for this page, by their name",
    "privacy/_held.html": "the law by which records are kept, beside what is kept",
    "privacy/public/cookies.html": "the law of cookies, which is none of procurement",
    "privacy/public/notice.html": "the grounds of data protection, a table of the page's own",
    "web/public/how_we_protect_your_bid.html": "the regulation that this page answers, by its name",
}
"""Pages that name a law of their own, and why."""


def outside() -> Iterator[tuple[str, ast.Module]]:
    """Every module but those of regulation, parsed."""
    for name, path in modules().items():
        if not name.startswith(("portal.regulation", "tender_scoring")):
            yield name, parsed(path)


def names_a_kind(node: ast.AST) -> bool:
    """Whether the expression is a member of one of the enumerations."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in KINDS


def decisions(module: ast.Module) -> Iterator[int]:
    """The lines that compare with a kind, or look something up by one."""
    for node in ast.walk(module):
        compared: list[ast.AST] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            compared = [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Set | ast.Tuple):
            compared = list(node.elts)
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        if any(names_a_kind(part) for item in compared for part in ast.walk(item)):
            yield getattr(node, "lineno", 0)


def test_nothing_outside_decides_by_kind_or_regime() -> None:
    """A stage asks the row of the law: no comparison with a kind, a regime or a size, and no table by one."""
    assert {name: lines for name, module in outside() if (lines := list(decisions(module)))} == {}


def test_sections_stand_beside_their_rules() -> None:
    """A section that is printed comes from a row; the modules with one of their own are listed with the reason."""
    printing = set()
    for name, module in outside():
        documented = {
            id(item.value)
            for node in ast.walk(module)
            for item in (getattr(node, "body", None) if isinstance(getattr(node, "body", None), list) else [])
            if isinstance(item, ast.Expr)
        }
        for node in ast.walk(module):
            said = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
            if said and SECTION.search(node.value):  # type: ignore[attr-defined]
                printing.add(name)
    assert printing == set(CITING)


def test_pages_and_letters_cite_by_name() -> None:
    """A section in a template is a rule's own, or one of `portal.regulation.citations`: none is written there."""
    found = {
        path.relative_to(TEMPLATES).as_posix(): match[0]
        for path in TEMPLATES.rglob("*")
        if path.suffix in {".html", ".txt"} and (match := WORDED.search(path.read_text()))
    }
    assert found.keys() == PAGES_OF_LAW.keys()


def test_every_citation_is_cited() -> None:
    """What nothing cites any more is gone."""
    texts = " ".join(path.read_text() for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
    assert [name for name in CITED if f"cited.{name}" not in texts] == []


def test_templates_ask_states_and_kinds_by_name() -> None:
    """`itt.status.is_published` raises when it is misspelt; a text compared with `value` would be false for ever."""
    compared = re.compile(r"\.value\s*(==|!=|not in\b|in\b)|[\"'](pa2023|pcr2015)[\"']")
    found = {
        path.relative_to(TEMPLATES).as_posix(): match[0]
        for path in TEMPLATES.rglob("*")
        if path.suffix in {".html", ".txt"} and (match := compared.search(path.read_text()))
    }
    assert found == {}


def test_the_page_of_the_law_is_the_table() -> None:
    """docs/law.md is what `portal law` prints."""
    assert (ROOT / "docs" / "law.md").read_text() == as_markdown()
