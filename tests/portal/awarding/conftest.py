"""One procurement whose result is calculated, for every test of the award."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.factories.awarding import ready_for_award
from tests.prepared import Prepared, in_savepoint, prepared_once


@pytest.fixture(scope="package")
def moderated(app: Flask) -> Iterator[Prepared]:
    """A MODERATED ITT with three bids; every agreed reason names its bid's reference and its panel."""
    with prepared_once(app, _moderate) as prepared:
        yield prepared


@pytest.fixture
def db_session(app: Flask, moderated: Prepared) -> Iterator[object]:
    """The session, on the moderated procurement."""
    with in_savepoint(app, moderated) as session:
        yield session


@pytest.fixture
def itt(db_session: object, moderated: Prepared) -> InvitationToTender:
    """The moderated procurement."""
    return db.session.get_one(InvitationToTender, moderated.told)


def _moderate() -> uuid.UUID:
    itt = ready_for_award(3, young_people=2)
    db.session.execute(
        text(
            "UPDATE moderated_score SET reason = 'Agreed for ' || bid.reference || ' by ' || panel.key "
            "FROM bid, panel WHERE bid.id = moderated_score.bid_id AND panel.id = moderated_score.panel_id"
        )
    )
    return itt.id
