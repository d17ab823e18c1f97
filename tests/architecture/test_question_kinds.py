"""A kind of question is one object: no page and no rule asks which kind it is."""

from __future__ import annotations

import ast
import re

from portal.paths import TEMPLATES
from portal.tendering.states import QuestionKind
from tests.architecture.source import modules, parsed

KINDS = "portal.tendering.question_kinds"
OF_INVITATIONS = ("awarding", "bidding", "components", "contracts", "dashboards", "emails", "evaluation", "tendering")


def test_nothing_outside_the_kinds_compares_with_one() -> None:
    """Neither `kind is QuestionKind.TEXT` nor `kind == "text"` for a name that only a kind of question has."""
    found = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if not name.startswith(KINDS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Compare | ast.MatchValue)
        for side in ast.walk(node)
        if isinstance(side, ast.Name) and side.id == "QuestionKind"
    ]
    assert found == []


def test_no_template_asks_for_the_kind_of_a_question() -> None:
    """What a page shows of a question it asks of `question.asked`; frameworks' questions are others."""
    names = "|".join(kind.value for kind in QuestionKind)
    asking = re.compile(rf"\bkind(\.is_({names})\b|(\.value|\.name)? *==|  *in +\()")
    found = [
        f"{path.relative_to(TEMPLATES).as_posix()}: {match[0]}"
        for folder in OF_INVITATIONS
        for path in (TEMPLATES / folder).rglob("*")
        if path.suffix in {".html", ".txt"}
        for match in asking.finditer(path.read_text())
        if "question" in path.read_text()[max(0, match.start() - 20) : match.start()]
    ]
    assert found == []
