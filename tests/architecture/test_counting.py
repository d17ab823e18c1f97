"""Numbers with their nouns: "1 provider" and never "1 providers"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from portal.core.words import counted, noun
from portal.paths import TEMPLATES
from tests.architecture.source import modules, parsed

COUNTS = re.compile(r"""(?:counted|noun)\((?:[^"'(),]+, )?["']([a-z ]+)["'](?:, ["']([a-z ]+)["'])?\)""")
COMMON = {"applications", "bids", "days", "files", "lots", "members", "months", "providers", "questions", "settings"}


def test_one_is_one() -> None:
    """One of a thing has no plural, half of one and none have; thousands are parted."""
    assert [counted(n, "provider") for n in (0, 1, 1234)] == ["0 providers", "1 provider", "1,234 providers"]
    assert [counted(n, "task is", "tasks are") for n in (1, 2)] == ["1 task is", "2 tasks are"]
    assert [counted(n, "mark") for n in ("1", "0.5", "62.7333")] == ["1 mark", "0.5 marks", "62.7333 marks"]
    assert [noun(n, "was", "were") for n in (1, 2)] == ["was", "were"]


def test_no_number_stands_before_a_plural_of_its_own() -> None:
    """A noun that is counted anywhere is counted by `portal.core.words.counted` everywhere, in pages and letters."""
    bare = re.compile(rf"(?:\}}\}}(?:</strong>)?|~ [\"']) ?(?:working |more )?(?:{'|'.join(sorted(plurals()))})\b")
    found = {
        f"{path.relative_to(TEMPLATES).as_posix()}: {match[0]}"
        for path in TEMPLATES.rglob("*")
        if path.suffix in {".html", ".txt"}
        for match in bare.finditer(path.read_text())
    }
    assert sorted(found) == []


def test_no_sentence_of_the_code_does() -> None:
    """A limit that is a constant may stand before its plural; a number that varies may not."""
    wrong = [
        f"{name}: {{...}}{after}"
        for name, path in modules().items()
        if not name.startswith(("tender_scoring", "worker"))
        for after in varying(parsed(path))
        if re.match(rf" (?:{'|'.join(sorted(plurals()))})\b", after)
    ]
    assert wrong == []


def varying(module: ast.Module) -> Iterator[str]:
    """What stands after each value that varies in a formatted text."""
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                    fixed = ast.unparse(value.value).rpartition(".")[2].isupper()
                    if not fixed and not isinstance(value.value, ast.IfExp):
                        yield str(after.value)


@cache
def plurals() -> set[str]:
    """The plurals of what is counted somewhere."""
    texts = [path.read_text() for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt"), *modules().values()]]
    pairs = [(match[1], match[2] or f"{match[1]}s") for text in texts for match in COUNTS.finditer(text)]
    return COMMON | {many.split()[-1] if " " not in one else many for one, many in pairs if not _is_verb(one)}


def _is_verb(one: str) -> bool:
    return one in {"has", "is", "it", "it is", "its", "matches", "was"}
