"""The one blueprint of a commissioner's pages about a draft, and how they find what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import find_itt
from portal.web.access import actor

bp = Blueprint("itts", __name__, url_prefix="/commissioning/itts")


class Keyed(Protocol):
    """A part of a draft, as an address names it."""

    key: str


Part = TypeVar("Part", bound=Keyed)


def draft_of(reference: str) -> InvitationToTender:
    """Find the draft that the person may edit; raises `NotFound`, `NotAllowed`, or `WrongState` once published."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.EDIT, itt)
    return itt


def part_of(parts: Iterable[Part], key: str) -> Part:
    """Find the part with that key; raises `NotFound`."""
    found = next((part for part in parts if part.key == key), None)
    if found is None:
        raise NotFound("That part of the draft is not there any more.")
    return found


def lot_of(itt: InvitationToTender, number: int) -> Lot:
    """Find the lot with that number; raises `NotFound`."""
    found = next((lot for lot in itt.lots if lot.number == number), None)
    if found is None:
        raise NotFound("That lot is not there any more.")
    return found


def saved(
    itt_reference: str, message: str = "Saved.", endpoint: str = "itts.draft", key: str | None = None
) -> Response:
    """Say that it is saved and not published, and go on to the task list or another page of the draft."""
    flash(f"{message} Nothing is published yet.", "success")
    return redirect(url_for(endpoint, reference=itt_reference, key=key))
