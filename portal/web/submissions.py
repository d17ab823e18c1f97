"""What becomes of a form that was sent: it is carried out, or its page is only shown again with what was typed.

A form that merely saves a draft says so beside its view (`saves_a_draft`), so that the page may save it by itself
while somebody types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, g, request

View = TypeVar("View", bound=Callable[..., Any])

AUTOSAVE = "Fairlot-Autosave"
"""The header of what a page sends by itself. No other site can send it, so that it stands for the form's token."""


class Submission(StrEnum):
    """How the request's form is answered."""

    SENT = "sent"
    SHOWN = "shown"
    """Nothing is carried out: the form comes back with what was typed, as a refused one does."""
    AUTOSAVED = "autosaved"
    """The page sent it by itself: it is carried out only where that merely saves a draft."""


class Autosaved(Exception):
    """A draft's form that the page sent by itself has been carried out, or refused; there is no page to render."""

    def __init__(
        self, fields: dict[str, str], problem: str | None = None, beside: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__("The page has sent this by itself.")
        self.fields = fields
        """Hidden fields that the page has to know anew."""
        self.problem = problem
        """Why the draft was not saved, or not all of it."""
        self.beside = beside or {}
        """What is to be said beside the boxes, by their names, now that they are saved; nothing is good news too."""


def submission() -> Submission:
    """How this request's form is answered."""
    if "submission" not in g:
        autosaved = request.method == "POST" and AUTOSAVE in request.headers
        g.submission = Submission.AUTOSAVED if autosaved else Submission.SENT
    found: Submission = g.submission
    return found


def saves_a_draft(view: View) -> View:
    """Declare that sending the view's form merely saves a draft."""
    view.saves_a_draft = True  # type: ignore[attr-defined]
    return view


def is_draft() -> bool:
    """Whether the form that was sent merely saves a draft."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "saves_a_draft", False))


def show_again() -> None:
    """Let this request show the form that it brings, and carry nothing out."""
    g.submission = Submission.SHOWN


def note_carried_out() -> None:
    """Note that the form's act was done: what is kept of the form has served its purpose."""
    g.carried_out = True


def was_carried_out() -> bool:
    """Whether the form's act was done."""
    return bool(g.get("carried_out", False))
