"""Whose page a form stands on, and what was typed into it: known also when the cookie is gone.

Every form that is typed into carries, sealed, who it was shown to and its address. A submission that cannot be carried
out (nobody is signed in any more, its token has expired) is that person's text, and nobody else's: it is kept for them,
or travels sealed through the sign-in page.
"""

from __future__ import annotations

import json
import uuid
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, request
from flask_login import current_user

from portal.core.errors import SealBroken
from portal.core.inspecting import shown_name
from portal.core.seals import KeyFolder, decrypt, encrypt

PAGE, KEPT, CARRIED, COPY = "form_page", "form_kept", "form_carried", "form_copy"
"""Hidden fields of the frame of a form: whose page it is, that something of it is kept, what travels with it, and the
name of its copy in the browser."""
NEVER_KEPT = frozenset(
    {
        "csrf_token", "password", "old_password", "sealed_password", "code", "factor_code", "factor_answer",
        "factor_asked_at", "proposal", "passkey", "asked_at", "asks", "pin", "again",
    }
)  # fmt: skip
"""Fields whose content no form keeps: passwords, codes, secrets."""
LARGEST_CARRIED = 256 * 1024
CARRIED_FOR = timedelta(hours=1)

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class FormPage:
    """A form as it was shown: to whom (None: a visitor), the address that it posts to, and the page that it is on."""

    user_id: uuid.UUID | None
    address: str
    shown_on: str

    def seal(self) -> str:
        """As a hidden field."""
        return _seal("page", self.document)

    @property
    def document(self) -> dict[str, Any]:
        """As what is sealed holds it."""
        return {"user": str(self.user_id or ""), "address": self.address, "on": self.shown_on}

    @property
    def is_readers(self) -> bool:
        """Whether it was shown to whoever sends it, or to a visitor: then nobody's work is in it."""
        return self.user_id in (None, getattr(current_user, "user_id", None))


@dataclass(frozen=True)
class Carried:
    """What was typed before somebody had to sign in (again)."""

    page: FormPage
    typed: Typed
    files: tuple[str, ...]

    def seal(self, now: datetime) -> str | None:
        """As a hidden field of the sign-in page; None for more than 256 kB."""
        document = self.page.document | {"at": now.isoformat()}
        document |= {"typed": {name: list(held) for name, held in self.typed.items()}, "files": list(self.files)}
        return _seal("carried", document) if len(json.dumps(self.typed)) <= LARGEST_CARRIED else None


def page_to_show(address: str) -> FormPage:
    """The page that is being drawn for whoever reads it, with a form that posts to `address`."""
    sent = page_of_request()
    # A refused form is drawn as the answer to its own address, which nobody need be able to open.
    shown_on = sent.shown_on if sent is not None else request.full_path.rstrip("?")
    return FormPage(getattr(current_user, "user_id", None), address, shown_on)


def page_of_request() -> FormPage | None:
    """The page whose form was sent; None for what no page of ours sent."""
    if "form_page" not in g:
        document = _unseal("page", request.form.get(PAGE, "")) if request.method == "POST" else None
        g.form_page = _page_of(document) if document else None
    page: FormPage | None = g.form_page
    return page


def page_that_was_read() -> FormPage | None:
    """The same once it was read, for whoever may not read the request (it may have been too large)."""
    page: FormPage | None = g.get("form_page")
    return page


def carried_by_request(now: datetime) -> Carried | None:
    """What travelled with the sign-in page; None when it is nothing of ours, or an hour is over."""
    document = _unseal("carried", request.form.get(CARRIED, ""))
    if document is None or now - datetime.fromisoformat(document["at"]) > CARRIED_FOR:
        return None
    return Carried(_page_of(document), document["typed"], tuple(document["files"]))


def typed_in_request() -> dict[str, list[str]]:
    """What was typed, by field: everything but secrets and the frame's own fields; nothing of a chosen file."""
    typed = {name: held for name, held in request.form.lists() if name not in NEVER_KEPT | {PAGE, KEPT, CARRIED, COPY}}
    return typed | {name: [] for name, part in request.files.items(multi=True) if part.filename}


def files_in_request() -> tuple[str, ...]:
    """The names of the files that were chosen, as pages show them."""
    return tuple(shown_name(part.filename) for _, part in request.files.items(multi=True) if part.filename)


def copy_name(page: FormPage) -> str:
    """What the copy of the form in its person's browser is called: nothing that anybody could read."""
    return _derived("name", page)[:16].hex()


def copy_key(page: FormPage) -> str:
    """The key of that copy (AES-256, in base64): given in the page, so to the same person only."""
    return b64encode(_derived("copy", page)).decode()


def _derived(purpose: str, page: FormPage) -> bytes:
    keys: KeyFolder = current_app.extensions["keys"]
    return keys.key_from_draft_key(f"fairlot {purpose}", str(page.user_id), page.address)


def _page_of(document: dict[str, Any]) -> FormPage:
    person = uuid.UUID(document["user"]) if document["user"] else None
    return FormPage(person, document["address"], document["on"])


def _seal(purpose: str, document: dict[str, Any]) -> str:
    keys: KeyFolder = current_app.extensions["keys"]
    sealed = encrypt(json.dumps(document).encode(), keys.key_from_draft_key(f"fairlot {purpose}"), purpose.encode())
    return urlsafe_b64encode(sealed).decode()


def _unseal(purpose: str, sealed: str) -> dict[str, Any] | None:
    """The document, or None for what was not sealed here for this purpose."""
    keys: KeyFolder = current_app.extensions["keys"]
    try:
        opened = decrypt(urlsafe_b64decode(sealed), keys.key_from_draft_key(f"fairlot {purpose}"), purpose.encode())
    except (SealBroken, ValueError):
        return None
    document: dict[str, Any] = json.loads(opened)
    return document
