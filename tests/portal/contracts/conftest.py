"""Two procurements whose awards are decided and announced: one in standstill, one that offered none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from portal.awarding.models import AwardDecision
from portal.extensions import db
from tests.factories.awarding import Award, announce, approver_of, decided_award
from tests.factories.tendering import make_commissioner
from tests.prepared import Prepared, in_savepoint, prepared_once


@pytest.fixture(scope="package")
def awards(app: Flask) -> Iterator[Prepared]:
    """The identifiers of three decisions: in standstill, free to sign, and not announced yet."""
    with prepared_once(app, _awards) as prepared:
        yield prepared


@pytest.fixture
def db_session(app: Flask, awards: Prepared) -> Iterator[object]:
    """The session, on the three awards."""
    with in_savepoint(app, awards) as session:
        yield session


@pytest.fixture
def waiting(db_session: object, awards: Prepared) -> Award:
    """The award whose standstill runs."""
    return _award(awards.told[0])


@pytest.fixture
def free(db_session: object, awards: Prepared) -> Award:
    """The award without a standstill, announced."""
    return _award(awards.told[1])


@pytest.fixture
def unannounced(db_session: object, awards: Prepared) -> Award:
    """The award without a standstill whose notice is still to come."""
    return _award(awards.told[2])


def _award(decision_id: uuid.UUID) -> Award:
    decision = db.session.get_one(AwardDecision, decision_id)
    authority = decision.itt.authority
    return Award(decision.itt, make_commissioner(authority), approver_of(authority), decision)


def _awards() -> list[uuid.UUID]:
    made = [decided_award(offers_standstill=offers) for offers in (True, False, False)]
    for award in made[:2]:
        announce(award)
    return [award.decision.id for award in made]
