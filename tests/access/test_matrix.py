"""The access matrix: every role, every object in every state, every verb, over HTTP."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Event
from portal.extensions import db
from tests.access.governed import STATES, UNREACHED, everything

pytestmark = pytest.mark.long


def test_everything_stands_in_every_state(matrix: Flask) -> None:
    """The scenario holds each object in each state that acts lead to, and in no other."""
    with matrix.app_context():
        found = {(thing.policy_object, thing.policy_state) for thing in everything()}
    assert found == {(name, state) for name, states in STATES.items() for state in states} - UNREACHED.keys()


def test_all_of_it_is_marked_as_seeded(matrix: Flask) -> None:
    """What people do in the scenario stands in the ledger as seeded."""
    with matrix.app_context():
        unseeded = select(Event.kind).where(Event.seeded.is_(False), Event.actor_id.is_not(None)).distinct()
        assert db.session.scalars(unseeded).all() == []
