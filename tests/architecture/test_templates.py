"""The templates, read as text and as syntax trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from portal.paths import TEMPLATES

PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
PARTS = ("layouts/", "components/")
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "an unescaped value": re.compile(r"\|\s*safe\b"),
    "a positive tabindex": re.compile(r"tabindex=\"[1-9]"),
}


@cache
def tree(app: Flask, name: str) -> nodes.Template:
    """A template's syntax tree, through the app's own environment; parsed once for all the tests."""
    return app.jinja_env.parse(source(name), name)


def source(name: str) -> str:
    """A template's text."""
    return Path(TEMPLATES, name).read_text()


def test_every_template_parses(app: Flask) -> None:
    """Every template, mail included, compiles with the app's filters, tests and globals."""
    for path in TEMPLATES.rglob("*.*"):
        if path.suffix in {".html", ".txt", ".xml", ".svg"}:
            app.jinja_env.get_template(path.relative_to(TEMPLATES).as_posix())


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    """No template has inline scripts or styles (the security policy forbids them), or unescaped values."""
    # The icons' paths are written in that file itself, as markup.
    pages = [name for name in PAGES if (name, what) != ("components/icons.html", "an unescaped value")]
    assert [name for name in pages if FORBIDDEN[what].search(source(name))] == []


def test_no_attribute_is_put_by_a_statement_of_its_own_line() -> None:
    """A statement's line end is trimmed, so that its attribute would grow into the next: `xmlattr` puts such ones."""
    hidden = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
    wrong = []
    for name in PAGES:
        text = source(name)
        # Of the same length, so that what stands in a tag can be looked up in the text itself.
        plain = hidden.sub(lambda found: re.sub(r"[^\n]", ".", found.group()), text)
        tags = [text[found.start() : found.end()] for found in re.finditer(r"<[a-zA-Z][^<>]*>", plain)]
        wrong += [f"{name}: {tag}" for tag in tags if re.search(r"\n\s*\{%", tag)]
    assert wrong == []


def test_every_import_is_used(app: Flask) -> None:
    """A template uses each macro that it imports."""
    wrong = []
    for name in PAGES:
        syntax = tree(app, name)
        used = {node.name for node in syntax.find_all(nodes.Name) if node.ctx == "load"}
        wrong += [f"{name}: {imported}" for imported in _imported(syntax) if imported not in used]
    assert wrong == []


def test_every_page_extends_a_layout(app: Flask) -> None:
    """What no other template uses is a page, and stands on a layout, directly or through another page."""
    used = {target for name in PAGES for target in _named(tree(app, name))}
    wrong = [
        name
        for name in PAGES
        if name not in used and not name.startswith(PARTS)
        if next(tree(app, name).find_all(nodes.Extends), None) is None
    ]
    assert wrong == []


def test_every_named_template_exists(app: Flask) -> None:
    """What a template extends, imports or includes is there."""
    for name in PAGES:
        for target in _named(tree(app, name)):
            app.jinja_env.get_template(target)


def test_every_address_in_a_template_exists(app: Flask) -> None:
    """Each endpoint that a template asks the address of is registered."""
    wrong = []
    for name in PAGES:
        for call in tree(app, name).find_all(nodes.Call):
            named = isinstance(call.node, nodes.Name) and call.node.name == "url_for" and call.args
            if named and isinstance(call.args[0], nodes.Const):
                endpoint = call.args[0].value
                if endpoint not in app.view_functions:
                    wrong.append(f"{name}: {endpoint}")
    assert wrong == []


def test_forms_are_protected() -> None:
    """A form that posts carries the token against forged requests: by hand, or from the form macro."""
    wrong = []
    for name in PAGES:
        for form in re.findall(r"<form\b.*?</form>", source(name), re.DOTALL | re.IGNORECASE):
            posts = re.search(r"method=\"?post", form, re.IGNORECASE)
            if posts and not re.search(r"csrf|hidden_tag", form):
                wrong.append(name)
    assert wrong == []


def _imported(syntax: nodes.Template) -> Iterator[str]:
    for node in syntax.find_all(nodes.FromImport):
        for name in node.names:
            yield name[1] if isinstance(name, tuple) else name
    for node in syntax.find_all(nodes.Import):
        yield node.target


def _named(syntax: nodes.Template) -> Iterator[str]:
    """The templates that this one extends, imports or includes by a fixed name."""
    for node in syntax.find_all((nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)):
        target = getattr(node, "template", None)
        if isinstance(target, nodes.Const) and isinstance(target.value, str):
            yield target.value
