"""The base of every form: typed refusals of an activity appear beside the field, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import g, request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, HiddenField, PasswordField, StringField

from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.inspecting import shown_name
from portal.core.parsing.text import tidy
from portal.extensions import db
from portal.web.editing import EditingForm
from portal.web.plain_words import PlainWords
from portal.web.submissions import Autosaved, Submission, note_carried_out, submission, was_carried_out

BOTH_CHANGED = "somebody else changed the same text. Press the button to see both."
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class BaseForm(EditingForm):
    """A CSRF-protected form whose submission runs one activity.

    A view reads: `if form.validate_on_submit() and form.carry_out(lambda: publish_itt(...)): return
    redirect(...)` and otherwise renders the page again with `form.status_code`.
    """

    class Meta(EditingForm.Meta):  # type: ignore[misc, name-defined, unused-ignore]
        """What holds for every field."""

        def get_translations(self, form: Any) -> PlainWords:
            """WTForms' own messages in our words."""
            return PlainWords()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Read every field of text as it looks; of a password only what PostgreSQL cannot store is dropped."""
            made = unbound_field.field_class
            if issubclass(made, StringField):
                plain = made.process_formdata is StringField.process_formdata
                reads = without_nul if issubclass(made, PasswordField) else as_text if plain else as_seen
                options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), reads]}
            return super().bind_field(form, unbound_field, options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a page's form sends, and no more: a file only where one is asked for, and no JSON, whose values
            need not be text."""
            wrapped = super().wrap_formdata(form, formdata)
            if wrapped is None or wrapped is formdata:
                return wrapped
            asked = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, part) for name, part in request.files.items(multi=True) if name in asked]
            return CombinedMultiDict([MultiDict(files), request.form])

    outcome: Any = None
    """What the activity returned."""
    refusal: PortalError | None = None
    """The activity's refusal, for a view that has more to say about it."""
    beside: Callable[[], Mapping[str, Sequence[str]]] | None = None
    """What the page says beside its boxes once they are saved, by their names, where a view has something to say."""

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether it was submitted and can be carried out; the files of one that cannot are asked for again."""
        if submission() is Submission.SHOWN:
            self.show_conflicts()
            return False
        valid = bool(super().validate_on_submit(extra_validators))
        if self.is_submitted() and not valid:
            self.show_conflicts()
            self.ask_for_files_again()
            self._answer_autosave()
        return valid

    def carry_out(self, act: Callable[[], Any]) -> bool:
        """Run the activity; on a typed refusal roll back, put its message where it belongs and return False.

        A field that somebody else changed as well takes what they wrote; everything else is saved, and False brings
        the page with both texts. `NotFound` and `NotAllowed` go on to their pages: no form can mend them.
        """
        try:
            self.outcome = None if self.nothing_else else act()
            db.session.flush()
        except (NotFound, NotAllowed):
            raise
        except PortalError as refusal:
            db.session.rollback()
            self.refuse(refusal)
            self.show_conflicts()
            self._answer_autosave()
            return False
        note_carried_out()
        self.settled()
        self.show_conflicts()
        self._answer_autosave()
        return not self.conflicts

    @property
    def fresh(self) -> dict[str, str]:
        """The hidden fields that the page of a draft has to know anew once it was saved."""
        return {"loaded": self.loaded_after_saving()} if self.posted_loaded else {}

    @property
    def not_saved(self) -> str | None:
        """What was refused, in words; a form that saves what it can says what it could not."""
        return next(iter(_messages(self.errors)), None)

    def _answer_autosave(self) -> None:
        """Where the page sent this by itself, go no further: nobody waits for a page."""
        if submission() is Submission.AUTOSAVED:
            done = was_carried_out()
            problem = BOTH_CHANGED if self.conflicts else self.not_saved
            raise Autosaved(self.fresh if done else {}, problem, self.beside() if done and self.beside else None)

    def refuse(self, refusal: PortalError) -> None:
        """Show the refusal beside its field, or at the top when it has none; of several each beside its own."""
        self.refusal = refusal
        g.retry_after = refusal.retry_after
        for one in refusal.each:
            if one.field is not None and one.field in self._fields:
                field = self._fields[one.field]
                field.errors = [*field.errors, one.message]
            else:
                self.form_errors = [*self.form_errors, one.message]  # type: ignore[has-type]
        self.ask_for_files_again()

    def ask_for_files_again(self) -> None:
        """Say beside each chosen file that it was not kept: nothing of a refused form is, and no page can choose it."""
        for field in self:
            if isinstance(field, FileField) and field.data and not field.errors:
                chosen = field.data if isinstance(field.data, list) else [field.data]
                names = " and ".join(shown_name(part.filename) for part in chosen)
                were, them = ("was", "it") if len(chosen) == 1 else ("were", "them")
                field.errors = [f"{names} {were} not kept, because something else was refused. Choose {them} again."]

    @property
    def status_code(self) -> int:
        """The status to render the page with: 200 before it was submitted, the refusal's or 422 after."""
        if self.refusal is not None:
            return self.refusal.status
        if self.conflicts:
            return 409
        return 422 if self.errors else 200


def _messages(errors: Any) -> Iterator[str]:
    """Every message in a form's errors, however deep they are nested."""
    if isinstance(errors, str):
        yield errors
    else:
        for one in errors.values() if isinstance(errors, dict) else errors:
            yield from _messages(one)


class PlainForm(BaseForm):
    """A button and its token."""


def shown_number(field: HiddenField, *, otherwise: int) -> int:
    """The number that the page put into a hidden field; `otherwise`, which matches none, for what came back instead."""
    typed = str(field.data or "")
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else otherwise


def as_text(value: Any) -> Any:
    """What a field of text holds is text, also the number that a form was made with and that was not sent back."""
    return as_seen(str(value) if isinstance(value, int) else value)


def as_seen(value: Any) -> Any:
    """A text without what cannot be seen at its ends (`portal.core.parsing.text`); what a field has read stays."""
    return tidy(value) if isinstance(value, str) else value


def without_nul(typed: Any) -> Any:
    """The text without NUL characters and halves of characters, which nobody types and no column can hold."""
    return _NOT_TEXT.sub("", typed) if isinstance(typed, str) else typed
