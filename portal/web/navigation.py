"""The links at the top of the page, by the roles of the person who looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request, url_for

from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Role
from portal.web.access import actor


@dataclass(frozen=True)
class Link:
    """One entry: its text, address, and whether the page belongs to it."""

    text: str
    href: str
    current: bool


# (text, endpoint, who sees it: None is everybody)
ENTRIES: tuple[tuple[str, str, frozenset[Role] | None], ...] = (
    ("Opportunities", "opportunities.index", None),
    ("Contracts", "contracts.index", None),
    ("My work", "provider_desk.index", PROVIDER_ROLES),
    ("Organisation", "provider_organisation.show", PROVIDER_ROLES),
    ("Procurements", "commissioning_desk.index", AUTHORITY_ROLES),
    ("Panel", "panel_desk.index", PANEL_ROLES - {Role.YOUNG_MEMBER}),
    ("Inbox", "inbox.index", frozenset(Role) - {Role.YOUNG_MEMBER}),
)


def navigation() -> list[Link]:
    """The entries for whoever looks, the current one marked."""
    return list(_links())


def _links() -> Iterator[Link]:
    held = actor().roles
    for text, endpoint, roles in ENTRIES:
        if endpoint in current_app.view_functions and (roles is None or roles & held):
            href = url_for(endpoint)
            yield Link(text, href, request.path == href or request.path.startswith(href.rstrip("/") + "/"))
