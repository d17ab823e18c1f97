"""Reading our own markup: what is typed into, and what it shows."""

from __future__ import annotations

import pytest

from portal.web.controls import Control, controls_in, is_typed_into, unlike

MARKUP = """
<input type="hidden" name="revision" value="3"><input name="title" value="&lt;b&gt; &amp; c" id="t">
<textarea id="x" name="reason" rows="4">
One
two &gt; 1</textarea>
<input type="radio" name="score" value="1"><input checked type="radio" name="score" value="2">
<input type="checkbox" name="agree" value="y"><input type="file" name="file">
<select name="lot"><option value="1">A</option><option selected value="2">B</option></select>
<textarea class="empty" name="note"></textarea>
"""
SHOWN = {"title": ["<b> & c"], "reason": ["One\r\ntwo > 1"], "score": ["2"], "lot": ["2"], "note": [""]}


def test_every_control_is_read() -> None:
    """With its kind, and what a browser would send of it."""
    assert [(found.name, found.kind, found.shown is not None) for found in controls_in(MARKUP)] == [
        ("revision", "hidden", True),
        ("title", "text", True),
        ("reason", "textarea", True),
        ("score", "radio", False),
        ("score", "radio", True),
        ("agree", "checkbox", False),
        ("file", "file", True),
        ("lot", "select", True),
        ("note", "textarea", True),
    ]
    assert next(controls_in('<input name="a" value="b">')) == Control("a", "text", "b")


@pytest.mark.parametrize(
    ("markup", "typed_into"),
    [
        ('<textarea name="a"></textarea>', True),
        ('<input name="a">', True),
        ('<input type="email" name="a">', True),
        ('<input type="password" name="a">', False),
        ('<input type="text" name="code">', False),
        ('<input type="radio" name="a" value="1"><input type="file" name="b"><input type="hidden" name="c">', False),
        ('<select name="a"><option>1</option></select>', False),
        ("<p>textarea</p>", False),
    ],
)
def test_what_is_typed_into(markup: str, typed_into: bool) -> None:
    """Boxes for text, but not those for secrets."""
    assert is_typed_into(markup, frozenset({"code"})) is typed_into


@pytest.mark.parametrize(
    ("change", "different"),
    [
        ({}, []),
        ({"revision": ["9"]}, []),
        ({"title": ["Other"]}, ["Other"]),
        ({"reason": ["  One\ntwo > 1  "]}, []),
        ({"score": ["1"]}, ["1"]),
        ({"agree": ["y"]}, ["y"]),
        ({"lot": ["1"]}, ["1"]),
        ({"row-2": ["A third row"]}, ["A third row"]),
        ({"row-2": [""]}, []),
        ({"note": ["Words"]}, ["Words"]),
        ({"title": [""]}, [""]),
    ],
)
def test_what_is_other_than_shown(change: dict[str, list[str]], different: list[str]) -> None:
    """Whatever somebody can see differs; line ends and hidden fields do not."""
    assert list(unlike(SHOWN | change, MARKUP)) == different
