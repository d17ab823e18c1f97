"""What the summary of errors at the top of a page says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from wtforms import HiddenField


def error_list(form: Any) -> list[tuple[str | None, str]]:
    """(id of the control, message) for each error of the form, in the order of the page.

    Messages that are alike are told apart by the labels of their fields; what belongs to no control that
    somebody sees has no id.
    """
    found = list(_errors_in(form))
    alike = Counter(message for _field, message in found)
    told = [
        (
            None if isinstance(field, HiddenField) else field.id,
            f"{field.label.text}: {message}" if alike[message] > 1 else message,
        )
        for field, message in found
    ]
    return told + [(None, message) for message in getattr(form, "form_errors", ())]


def _errors_in(form: Any) -> Iterator[tuple[Any, str]]:
    for field in form:
        if not field.errors:
            continue
        if hasattr(field, "form"):
            yield from _errors_in(field.form)
        elif hasattr(field, "entries"):
            yield from _errors_in(field)
            yield from ((field, str(message)) for message in field.errors if not isinstance(message, dict | list))
        else:
            yield field, str(field.errors[0])
