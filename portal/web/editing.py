"""Forms that edit something stored: what was edited is told by what the page had loaded, field by field.

A form is such a form when it is made with what is stored (`obj=`, `data=` or keywords). Its page carries the hidden
value `loaded`; a field that comes back as it was loaded takes what is stored now, and one that was changed here and
elsewhere keeps neither text from being read (`portal.editing.comparing` is the rule). Two such forms about one thing
take turns, so that nothing changes between comparing and writing (`take_turn`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app, request
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    MultipleFileField,
    PasswordField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)

from portal.core import clock
from portal.editing import earlier
from portal.editing.comparing import (
    is_conflict,
    is_edited,
    marked,
    read_loaded,
    renew_loaded,
    together,
    write_loaded,
    written,
)
from portal.extensions import db
from portal.web.access import actor
from portal.web.submissions import is_draft

View = TypeVar("View", bound=Callable[..., Any])

KEEP, MINE = "keep-", "mine-"
"""What a page with a conflict sends for a field beside its box: which text to keep, and the person's own."""
NOT_COMPARED = (HiddenField, FileField, MultipleFileField, PasswordField, SubmitField, FieldList, FormField)


@dataclass
class Conflict:
    """A field that was changed here and elsewhere: both texts; `box` is what the page's box holds."""

    mine: str
    theirs: str
    box: str
    who: str | None = None
    at: Any = None
    shown: dict[str, Any] = field(default_factory=dict)
    """The field as it was typed."""

    @property
    def both(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """The two texts in pieces, each with whether the other text lacks it."""
        return marked(self.mine, self.theirs), marked(self.theirs, self.mine)

    @property
    def first(self) -> str:
        """Who changed it, and when."""
        at = f" at {self.at.astimezone(clock.LONDON):%H:%M:%S}" if self.at else ""
        return f"{self.who or 'Somebody else'} changed this{at}, after you had opened the page."


class LoadedField(HiddenField):  # type: ignore[misc]
    """The digests of the fields that the form still has when its page is drawn."""

    owner: EditingForm

    def _value(self) -> str:
        return self.owner.loaded_now()


class EditingForm(FlaskForm):  # type: ignore[misc]
    """A form that knows what its page had loaded."""

    loaded = LoadedField()

    keeps_earlier = True
    """Whether what texts said before is kept for those who may read the draft."""
    is_own = False
    """Whether it edits something that its person alone sees: then nobody else can be here."""
    is_saved = False
    """Whether what was edited is stored."""
    draft: str = ""
    """What the earlier texts belong to, where it is not the page's address alone."""

    def process(
        self, formdata: Any = None, obj: Any = None, data: Any = None, extra_filters: Any = None, **kwargs: Any
    ) -> None:
        """Process as WTForms does, after what is stored was noted, and compare what was typed with it."""
        self.edits = not self._prefix and (obj is not None or data is not None or bool(kwargs))
        self.conflicts: dict[str, Conflict] = {}
        self.edited: set[str] = set()
        self.agreed: set[str] = set()
        self.undecided: set[str] = set()
        typed = self.meta.wrap_formdata(self, formdata)
        self.posted_loaded = read_loaded(typed.get("loaded") if typed is not None else None)
        self.stored: dict[str, str] = {}
        if self.edits or typed is None:
            super().process(None, obj, data, extra_filters, **kwargs)
            self.stored = {name: field_text(box) for name, box in self._compared()}
        if typed is not None:
            chosen = _with_choices(typed)
            super().process(chosen, obj, data, extra_filters, **kwargs)
            self._compare(chosen)
        else:
            self._put_back()
        if self.edits:
            for box in self:
                box.owner = self
        elif "loaded" in self._fields:
            del self["loaded"]

    def has_changed(self, name: str) -> bool:
        """Whether what is stored in a field is not what the page had loaded."""
        return is_conflict(self.posted_loaded.get(name), "\0", self.stored[name])

    def settled(self) -> None:
        """Note that what was edited is stored: keep what texts said before, and carry the new state."""
        if not self.edits:
            return
        if self.keeps_earlier:
            changes = {name: earlier.Change(self.stored[name], field_text(self[name])) for name in self.edited}
            new = self.conflicts.keys() - self.undecided
            changes |= {earlier.UNCHOSEN + name: earlier.Change(self.conflicts[name].mine, "") for name in new}
            earlier.keep_earlier(
                draft=self._draft,
                changes={
                    name: change
                    for name, change in changes.items()
                    if _holds_words(self[name.removeprefix(earlier.UNCHOSEN)])
                },
                actor_id=actor().user_id,
                keys=current_app.extensions["keys"],
                now=clock.now(),
            )
        self.is_saved = bool(self.edited)
        self.stored |= {name: field_text(self[name]) for name in self.edited}

    def loaded_now(self) -> str:
        """What the page carries as its hidden value `loaded`, also in the answer to a save that draws no page."""
        return write_loaded({name: text for name, text in self.stored.items() if name in self})

    @property
    def saved(self) -> set[str]:
        """The fields whose text is stored: by this save, or by an earlier one whose answer the page never got."""
        # A field that had nothing to offer may be gone since.
        return {name for name in self.edited | self.agreed if name in self}

    def loaded_after_saving(self) -> str:
        """`loaded` for a page that stays as it is: it knows what was saved, and nothing of what others wrote since."""
        return renew_loaded(self.posted_loaded, {name: field_text(self[name]) for name in self.saved})

    def show_conflicts(self) -> None:
        """Show, beside each field that was changed here and elsewhere, both texts."""
        also = " Everything else is saved." if self.is_saved else ""
        for name, conflict in self.conflicts.items():
            box = self[name]
            theirs = in_words(box)
            vars(box).update(conflict.shown)
            who = earlier.last_change(self._draft, name)
            conflict.who, conflict.at = who or (None, None)
            if isinstance(box, TextAreaField):
                box.conflict, box.data = conflict, conflict.box
                ask = f"Choose which text to keep.{also}"
            else:
                ask = f"It is now: {theirs or 'nothing'}. Yours is in the field: save again to put it there.{also}"
            box.errors = [f"{conflict.first} {ask}"]

    @property
    def nothing_else(self) -> bool:
        """Whether there is nothing to save but what is in conflict."""
        files = (box for box in self if isinstance(box, FileField) and box.data)
        return bool(self.conflicts) and not self.edited and next(files, None) is None

    def earlier_of(self, name: str) -> int:
        """How many earlier texts a field has."""
        if not self.edits or not self.keeps_earlier or not _holds_words(self[name]):
            return 0
        if not hasattr(self, "_counts"):
            self._counts = earlier.counts_of_earlier(self._draft)
        return self._counts.get(name, 0)

    def texts_of(self, name: str) -> list[earlier.Earlier]:
        """The earlier texts of a field, newest first, when the page's address asks for them."""
        asked = self.earlier_of(name) and request.args.get("earlier") == name
        return earlier.earlier_texts(self._draft, name, current_app.extensions["keys"]) if asked else []

    @property
    def _draft(self) -> str:
        return self.draft or request.path

    def _compared(self) -> Iterator[tuple[str, Field]]:
        for name, box in self._fields.items():
            if not isinstance(box, NOT_COMPARED):
                yield name, box

    def _compare(self, typed: MultiDict[str, Any]) -> None:
        for name, box in self._compared():
            undecided = typed.get(f"{MINE}{name}") if not typed.get(f"{KEEP}{name}") else None
            self.undecided |= {name} if undecided is not None else set()
            left = typed.get(f"{KEEP}{name}") == "theirs" or (isinstance(box, StringField) and not box.raw_data)
            mine, stored = field_text(box), self.stored.get(name, "")
            loaded = self.posted_loaded.get(name)
            if self.edits and self.posted_loaded and (left or not is_edited(loaded, mine, stored)):
                if mine != stored:
                    _take_stored(box)
                elif not left:
                    self.agreed.add(name)
            elif not self.edits and (left or undecided is not None):
                box.raw_data = None
            elif self.edits and (undecided is not None or is_conflict(loaded, mine, stored)):
                own = mine if undecided is None else undecided
                shown = dict(vars(box))
                _take_stored(box)
                both = mine if own != mine else together(own, stored)
                self.conflicts[name] = Conflict(own, stored, both, shown=shown)
            elif mine != stored:
                self.edited.add(name)

    def _put_back(self) -> None:
        """Show the earlier text that the page's address asks for in its box: saving it is an edit like any other."""
        name, wanted = request.args.get("earlier", ""), request.args.get("put", "")
        if self.edits and wanted and name in self and self.earlier_of(name):
            for found in self.texts_of(name):
                if str(found.id) == wanted:
                    self[name].data = found.text


def field_text(box: Field) -> str:
    """What a field holds, as text to compare; what could not be read counts as it was typed."""
    if box.process_errors:
        return "\0" + written((getattr(box, "typed", None) and list(box.typed.values())) or box.raw_data)
    return written(sorted(map(str, box.data or ())) if isinstance(box, SelectMultipleField) else box.data)


def _holds_words(box: Field) -> bool:
    """Whether somebody's sentences stand in it: a long text anywhere, one line (no figure, no code) of a draft."""
    return isinstance(box, TextAreaField) or (type(box) is StringField and is_draft())


def take_turn() -> None:
    """Let requests that edit one thing take turns: bound before every request, after access was judged."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or "loaded" not in request.form or getattr(view, "locks_itself", False):
        return
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"editing {thing_edited()}", 0))))


def locks_itself(view: View) -> View:
    """A view whose activity compares and writes under a lock of its own: it needs no turn."""
    view.locks_itself = True  # type: ignore[attr-defined]
    return view


def thing_edited() -> str:
    """What the request's address is about: the first reference in it, else the organisation or person who asks."""
    named = next((str(value) for value in (request.view_args or {}).values() if not isinstance(value, int)), None)
    who = actor()
    return f"{request.blueprint} {named or who.provider_id or who.authority_id or who.user_id}"


def _take_stored(box: Field) -> None:
    box.raw_data = None
    box.process(None, box.object_data)


def _with_choices(typed: Mapping[str, Any]) -> MultiDict[str, Any]:
    """What was sent, with the text that the person chose to keep in place of what the box holds."""
    chosen: MultiDict[str, Any] = MultiDict((name, value) for name in typed for value in typed.getlist(name))  # type: ignore[attr-defined]
    for name in [name for name in chosen if name.startswith(KEEP) and chosen[name] == "mine"]:
        box = name.removeprefix(KEEP)
        chosen[box] = chosen.get(f"{MINE}{box}", chosen.get(box, ""))
    return chosen


def in_words(box: Field) -> str:
    """What a field holds, as people read it."""
    if isinstance(box, BooleanField):
        return "ticked" if box.data else "not ticked"
    if getattr(box, "choices", None):
        held = {str(value) for value in box.data} if isinstance(box.data, list) else {written(box.data)}
        return ", ".join(str(option[1]) for option in box.iter_choices() if str(option[0]) in held)
    if hasattr(box, "in_words"):
        return str(box.in_words)
    return str(box._value())
