"""Letters about people's own accounts: most carry a link that works once, and are made here together with it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app

from portal.accounts.link_models import AddressChange, LinkPurpose
from portal.accounts.mailed_links import issue_link
from portal.accounts.models import User, UserSession
from portal.accounts.people import holder_of
from portal.audit.models import Event
from portal.core import clock
from portal.core.columns import db
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.organisations.queries import place_with_id
from portal.tendering.models import Panel


def confirmation_wanted(event: Event) -> None:
    """Whoever has not confirmed their address gets the link for it; a joining by link has proved the address."""
    person = db.session.get_one(User, event.object_id)
    if person.email_index is not None and person.email_confirmed_at is None:
        _tell_with_link(event, person.id, LinkPurpose.CONFIRM_ADDRESS, "accounts/confirm_address")


def registration_repeated(event: Event) -> None:
    """Who has an account hears that somebody registered with its address, and how to get in."""
    _tell_with_link(event, event.object_id, LinkPurpose.RESET_PASSWORD, "accounts/registered_already")


def password_reset_asked(event: Event) -> None:
    """Who has the address, if anybody has, gets the link for a new password."""
    if event.data["account"] is not None:
        account = uuid.UUID(event.data["account"])
        _tell_with_link(event, account, LinkPurpose.RESET_PASSWORD, "accounts/reset_password")


def signed_in(event: Event) -> None:
    """Somebody who signs in in a browser that is new for them hears of it, in case it was not them."""
    if event.data.get("new_browser") is not None:
        tell(
            event=event,
            people=[event.object_id],
            template="accounts/new_device",
            link=page_of("sessions.index"),
            thread=event.object_id,
            at=event.at,
            browser=db.session.get_one(UserSession, uuid.UUID(event.data["new_browser"])).browser,
        )


def password_changed(event: Event) -> None:
    """The person hears that there is a new password, in case it was not them."""
    tell(
        event=event,
        people=[event.object_id],
        template="accounts/password_changed",
        link=page_of("links.forgotten"),
        thread=event.object_id,
        at=event.at,
    )


def address_change_asked(event: Event) -> None:
    """The new address can confirm, the old one stop it; a new address that is somebody's already tells its owner."""
    change = db.session.get_one(AddressChange, event.object_id)
    holder = holder_of(change.new_email)
    if holder is not None and holder.id != change.user_id:
        page = page_of("accounts.sign_in")
        tell(event=event, people=[holder.id], template="accounts/address_in_use", link=page, thread=holder.id)
        return
    _tell_with_link(event, change.user_id, LinkPurpose.TAKE_ADDRESS, "accounts/take_address", change)
    if change.user.email_confirmed_at is not None:
        _tell_with_link(event, change.user_id, LinkPurpose.STOP_CHANGE, "accounts/stop_change", change)


def address_changed(event: Event) -> None:
    """The person hears, at the new address."""
    change = db.session.get_one(AddressChange, event.object_id)
    page = page_of("account.show")
    tell(
        event=event,
        people=[change.user_id],
        template="accounts/address_changed",
        link=page,
        thread=change.user_id,
        person=change.user,
    )


def address_change_stopped(event: Event) -> None:
    """The old address gets the link for a new password: whoever asked for the change knew the present one."""
    change = db.session.get_one(AddressChange, event.object_id)
    template = "accounts/address_change_stopped"
    _tell_with_link(event, change.user_id, LinkPurpose.RESET_PASSWORD, template, person=change.user)


def member_invited(event: Event) -> None:
    """Who is invited gets the link for choosing a password, and reads who invited them and where to."""
    inviter = db.session.get_one(User, event.actor_id)
    place = _place(event)
    _tell_with_link(event, event.object_id, LinkPurpose.JOIN, "accounts/invited", inviter=inviter, place=place)


def _place(event: Event) -> str:
    if "panel" in event.data:
        panel = db.session.get_one(Panel, uuid.UUID(event.data["panel"]))
        return f"{panel.itt.authority.name}, to score bids for “{panel.itt.title}”"
    return place_with_id(uuid.UUID(event.data["place"])).name


def _tell_with_link(
    event: Event,
    user_id: uuid.UUID,
    purpose: LinkPurpose,
    template: str,
    change: AddressChange | None = None,
    **values: Any,
) -> None:
    link = issue_link(
        event=event,
        user_id=user_id,
        purpose=purpose,
        keys=current_app.extensions["keys"],
        now=clock.now(),
        change_id=change.id if change else None,
    )
    if link is not None:
        tell(
            event=event,
            people=[user_id],
            template=template,
            link=page_of("account.show"),
            thread=user_id,
            mailed_link=link,
            until=link.expires_at.replace(second=0, microsecond=0),
            **values,
        )
