"""Who may do what: the document, and where each verb is done."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.core.access_table import as_markdown
from portal.core.permissions import policy
from tests.access.addresses import ADDRESSES, NOWHERE
from tests.access.cells import audience_of
from tests.architecture.source import ROOT

pytestmark = pytest.mark.usefixtures("app")


def test_the_document_is_what_the_portal_obeys() -> None:
    """docs/access.md is what `portal policy --matrix` prints."""
    assert (ROOT / "docs" / "access.md").read_text() == as_markdown(policy.rows())


def test_every_verb_is_done_somewhere() -> None:
    """Each verb of each object has its addresses in `tests/access/addresses.py`, or a reason why it has none."""
    assert {(row.object, row.verb) for row in policy.rows()} == ADDRESSES.keys() | NOWHERE.keys()
    assert ADDRESSES.keys() & NOWHERE.keys() == set()


def test_every_address_is_a_route(app: Flask) -> None:
    """Each endpoint exists and takes the method."""
    taken = {(method, rule.endpoint) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    named = {(address.method, address.endpoint) for addresses in ADDRESSES.values() for address in addresses}
    assert named - taken == set()


def test_whoever_may_do_it_reaches_an_address(app: Flask) -> None:
    """Each role of a row is let through by the route of one of its addresses."""
    shut_out = {
        (row.object, row.verb, role)
        for row in policy.rows()
        for role in row.roles
        if (addresses := ADDRESSES.get((row.object, row.verb)))
        and not any(role in address.by and role in audience_of(app, address.endpoint) for address in addresses)
    }
    assert shut_out == set()
