"""The links at the top of the page, by the roles of the person who looks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Role
from portal.web.access import actor


@dataclass(frozen=True)
class Link:
    """One entry: its text, endpoint, address, and whether the page belongs to it."""

    text: str
    endpoint: str
    href: str
    current: bool


# (text, endpoint, who sees it: None is everybody)
ENTRIES: tuple[tuple[str, str, frozenset[Role] | None], ...] = (
    ("Opportunities", "opportunities.index", None),
    ("Frameworks", "frameworks.index", None),
    ("Contracts", "contracts.index", None),
    ("My work", "provider_desk.index", PROVIDER_ROLES),
    ("Organisation", "provider_organisation.show", PROVIDER_ROLES),
    ("Procurements", "commissioning_desk.index", AUTHORITY_ROLES),
    ("Safety", "safeguarding.index", frozenset({Role.SAFEGUARDING_LEAD})),
    ("Panel", "panel_desk.index", PANEL_ROLES - {Role.YOUNG_MEMBER}),
    ("Inbox", "inbox.index", frozenset(Role) - {Role.YOUNG_MEMBER}),
    ("Providers", "provider_checks.index", frozenset({Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})),
    ("Undelivered mail", "undelivered.index", frozenset({Role.PLATFORM_ADMINISTRATOR})),
    ("Data kept", "privacy_desk.retention", frozenset({Role.PLATFORM_ADMINISTRATOR})),
    ("Account", "account.show", frozenset(Role) - {Role.YOUNG_MEMBER}),
)


def navigation() -> list[Link]:
    """The entries for whoever looks; the one that the page belongs to most closely is marked."""
    held = actor().roles
    shown = [
        (text, endpoint, url_for(endpoint))
        for text, endpoint, roles in ENTRIES
        if endpoint in current_app.view_functions and (roles is None or roles & held)
    ]
    # "/provider" leads to the whole area, "/provider/organisation" to a part of it: the longer address wins.
    around = [href for _, _, href in shown if request.path == href or request.path.startswith(href.rstrip("/") + "/")]
    here = max(around, key=len, default=None)
    return [Link(text, endpoint, href, href == here) for text, endpoint, href in shown]
