"""What was typed and not sent: kept when a form is not carried out, offered where it was typed, used or thrown away.

Bound around every request, so that no view has to remember it: whatever a form brings and the request does not carry
out is kept for the person whose page it was.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import ImmutableMultiDict

from portal.accounts.browser import note_arrival, turn_away
from portal.accounts.forms.people import CardForm, SignInForm
from portal.accounts.kept_forms import Kept, forget_form, keep_form, kept_form, kept_forms, throw_away
from portal.core import clock
from portal.core.words import london_date
from portal.web.access import SignInNeeded, safe_next, signed_in
from portal.web.controls import file_boxes, is_typed_into, unlike
from portal.web.form_pages import (
    COPY,
    KEPT,
    NEVER_KEPT,
    FormPage,
    copy_key,
    copy_name,
    files_in_request,
    page_of_request,
    page_that_was_read,
    page_to_show,
    typed_in_request,
)
from portal.web.submissions import Autosaved, Submission, is_draft, show_again, submission, was_carried_out
from portal.web.transactions import roll_back, store_anyway

bp = Blueprint("unsent", __name__, url_prefix="/account/unsent")

USE = "form_use"
"""The button that asks for what is kept: its form comes back with that typed into it."""


SIGNED_OUT = "Not saved: you have been signed out. Press the form’s button to sign in; what you typed comes along."
YOUNG_SIGNED_OUT = "Not saved: your time is over. Press the big button, and we help you on."


@dataclass(frozen=True)
class Frame:
    """What the frame of a form that is typed into, or takes files, carries (`page`, sealed), and what it offers."""

    address: str
    page: str
    shown_on: str
    is_visitors: bool
    is_typed: bool
    """Otherwise it takes files alone: nothing of it can be kept but their names."""
    offered: Kept | None
    texts: tuple[str, ...]
    is_kept: bool
    taken_up: Kept | None
    """What of that kept is in the form, because its person has asked for it."""
    young: bool
    copy: str
    key: str
    """The name and the key of the copy in the browser; both empty where there is none."""

    @classmethod
    def of(cls, address: str, body: str) -> Frame | None:
        """The frame of the form that posts to `address`, by its markup; None for one that has only buttons."""
        boxes = file_boxes(body)
        typed = is_typed_into(body, NEVER_KEPT)
        user_id: uuid.UUID | None = getattr(current_user, "user_id", None)
        if not typed and (user_id is None or not boxes):
            return None
        kept = None
        if user_id is not None and request.method == "GET":
            kept = kept_form(user_id=user_id, address=address, keys=current_app.extensions["keys"])
            # Forms that take files alone stand beside each other with one address, each with its own box.
            kept = kept if kept is not None and (typed or boxes & kept.typed.keys()) else None
        texts = unlike(kept.typed, body) if kept and typed else ()
        page = page_to_show(address)
        young = current_user.is_authenticated and current_user.email is None
        copied = typed and user_id is not None and not young
        return cls(
            address=address,
            page=page.seal(),
            shown_on=page.shown_on,
            is_visitors=user_id is None,
            is_typed=typed,
            offered=kept if kept is not None and (texts or kept.files) else None,
            texts=texts,
            is_kept=kept is not None or request.method == "POST",
            taken_up=g.get("taken_up") if address == request.path else None,
            young=young,
            copy=copy_name(page) if copied else "",
            key=copy_key(page) if copied else "",
        )

    @property
    def attributes(self) -> dict[str, str]:
        """What the page's scripts keep the form by; a visitor's is kept by nobody, so they warn before it is left."""
        if not self.is_typed:
            return {}
        if self.is_visitors:
            return {"data-fl-unsaved": ""}
        return {"data-fl-keep": "", "data-fl-copy": self.copy, "data-fl-key": self.key}

    @property
    def discard(self) -> str:
        """Where what is offered is thrown away."""
        return url_for("unsent.discard", kept_id=self.offered.id) if self.offered else ""

    @property
    def typed_at(self) -> str:
        """When that was typed which is offered: "12:04", with the day when it was another."""
        local = (self.offered.kept_at if self.offered else clock.now()).astimezone(clock.LONDON)
        day = "" if local.date() == clock.today() else f" on {london_date(local)}"
        return f"{local:%H:%M}{day}"


bp.add_app_template_global(Frame.of, "frame_of")


@bp.before_app_request
def take_up() -> ResponseReturnValue | None:
    """Put what is kept into the form that asks for it; keep what a page sends by itself that is no draft."""
    page = own_page(page_of_request())
    if page is None:
        return None
    if request.form.get(COPY) == copy_name(page):
        note_arrival(page)
    if submission() is Submission.AUTOSAVED and not is_draft():
        return autosaved()
    if USE not in request.form:
        return None
    kept = kept_form(user_id=current_user.user_id, address=page.address, keys=current_app.extensions["keys"])
    if kept is None:
        flash("This was thrown away or sent already.")
        return redirect(page.shown_on)
    request.form = ImmutableMultiDict([(name, one) for name, held in kept.typed.items() for one in held])
    g.taken_up = kept
    show_again()
    return None


@bp.after_app_request
def settle(response: Response) -> Response:
    """Keep what was not carried out, and forget what was; after a failure as well, if the database answers."""
    try:
        page = own_page(page_that_was_read())
        if page is None or "taken_up" in g:
            pass
        elif not was_carried_out() or response.status_code >= 400:
            _keep(page, response)
        elif request.form.get(KEPT):
            forget_form(user_id=current_user.user_id, address=page.address)
    except SQLAlchemyError:
        # Whatever is answered with "saved" is in the database.
        if response.status_code < 500 and submission() is Submission.AUTOSAVED:
            raise
    if submission() is Submission.AUTOSAVED and response.location:
        return autosaved()
    return response


@bp.app_errorhandler(Autosaved)
def autosaved(done: Autosaved | None = None) -> Response:
    """Tell the page what became of what it sent by itself, and the hidden fields that it has to know anew."""
    saved = done is not None and was_carried_out() and done.problem is None
    problem = done.problem if done is not None else None
    at = f"{clock.now().astimezone(clock.LONDON):%H:%M}"
    if saved or current_user.email is None:
        said = f"Saved {at}."
    elif problem:
        said = f"Kept {at}, but not saved in the draft yet: {problem}"
    else:
        said = f"Saved {at}. Not sent."
    fields = {"csrf_token": generate_csrf(), KEPT: "" if saved else "1"} | (done.fields if done else {})
    beside = done.beside if done is not None else {}
    response = jsonify(state="saved" if saved else "kept", said=said, fields=fields, beside=beside)
    response.status_code = 200 if saved or done is None else 422
    return response


@bp.app_errorhandler(SignInNeeded)
def ask_to_sign_in(needed: SignInNeeded) -> ResponseReturnValue:
    """Answer with the sign-in page itself, which says what happened and carries what was typed."""
    roll_back()
    if submission() is Submission.AUTOSAVED:
        return jsonify(state="signed_out", said=YOUNG_SIGNED_OUT if needed.young else SIGNED_OUT), 401
    turn_away(young=needed.young)
    form, page = (CardForm, "card") if needed.young else (SignInForm, "sign_in")
    body = render_template(f"accounts/public/{page}.html", form=form(formdata=None))
    return body, 401, {"WWW-Authenticate": 'Form realm="Fairlot"'}


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Everything that was typed and not sent, also where the page that it was typed on has gone."""
    found = kept_forms(user_id=current_user.user_id, keys=current_app.extensions["keys"])
    return render_template("accounts/account/unsent.html", found=found)


@bp.post("/<uuid:kept_id>/throw-away")
@signed_in
def discard(kept_id: uuid.UUID) -> ResponseReturnValue:
    """Throw away what was typed and not sent."""
    throw_away(user_id=current_user.user_id, kept_id=kept_id)
    flash("What you had typed and not sent is thrown away.", "success")
    return redirect(safe_next(request.form.get("next"), url_for("unsent.index")))


def own_page(page: FormPage | None) -> FormPage | None:
    """The page, when it was shown to the person who is signed in."""
    return page if page is not None and page.user_id is not None and page.is_readers else None


def _keep(page: FormPage, response: Response) -> None:
    """Keep what the request brought, whatever became of the request."""
    if response.status_code >= 500:
        roll_back()
    store_anyway()
    keep_form(
        user_id=current_user.user_id,
        address=page.address,
        shown_on=page.shown_on,
        typed=typed_in_request(),
        files=files_in_request(),
        keys=current_app.extensions["keys"],
        now=clock.now(),
    )
