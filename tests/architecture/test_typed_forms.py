"""Whatever is typed into a form is kept by one rule (portal/web/form_pages.py): no page and no field is outside it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module

from flask import Flask
from wtforms import Field, HiddenField, PasswordField

from portal.accounts.forms.factor import CODE_BOX
from portal.accounts.forms.people import HANDED_CODE_BOX
from portal.web.form_pages import NEVER_KEPT
from portal.web.forms import BaseForm
from tests.architecture.source import modules
from tests.architecture.test_templates import PAGES, source

FRAME = ("components/forms.html", "components/unsent.html")
OWN_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
TYPED_INTO = re.compile(r"<textarea|textarea\(|\bfield\(|type=\"(text|email|number|search|tel|url)\"")


def test_every_form_that_is_typed_into_has_the_frame() -> None:
    """A form of its own, beside `form_for`, has buttons and hidden fields alone."""
    wrong = [
        name
        for name in PAGES
        if name not in FRAME
        for form in OWN_FORM.findall(source(name))
        if TYPED_INTO.search(form) and name not in AT_ONCE
    ]
    assert wrong == []


AT_ONCE = {"directory/settings/index.html": "one number in a table's row, which is short to type again"}


def forms() -> Iterator[type[BaseForm]]:
    """Every class of forms."""
    for name in modules():
        if ".forms" in name or name == "portal.web.forms":
            for _, found in inspect.getmembers(import_module(name), inspect.isclass):
                if issubclass(found, BaseForm):
                    yield found


def is_secret(field: Field) -> bool:
    """A password, or a code that signs somebody in or confirms who they are."""
    attributes = field.kwargs.get("render_kw") or {}
    return issubclass(field.field_class, PasswordField) or attributes in (CODE_BOX, HANDED_CODE_BOX)


def test_no_hidden_field_of_signing_in_is_kept(app: Flask) -> None:
    """What travels hidden through the forms of accounts are secrets, sealed or not, and answers of keys."""
    found = {
        name
        for form in forms()
        if form.__module__.startswith("portal.accounts.")
        for name, field in inspect.getmembers(form)
        if getattr(field, "field_class", None) is HiddenField
    }
    assert found <= NEVER_KEPT


def test_no_secret_is_kept(app: Flask) -> None:
    """Every field for a password or a code has a name that no form keeps."""
    found = {
        name
        for form in forms()
        for name, field in inspect.getmembers(form)
        if hasattr(field, "field_class") and is_secret(field)
    }
    assert found <= NEVER_KEPT
    assert {"password", "old_password", "factor_code", "code"} <= found
