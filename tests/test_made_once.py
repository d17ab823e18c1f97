"""What a factory made once and puts back is what it would make: whole, its own, and judged as ever from then on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.models import Event
from portal.audit.verifying import verify_ledger
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.conftest import undone_session
from tests.factories.bidding import opened_itt
from tests.factories.evaluation import scoring_itt
from tests.factories.tendering import make_commissioner, published_itt


@pytest.fixture
def again(app: Flask) -> Iterator[None]:
    """A session after another one that asked for the same, so that all of it is put back."""
    with undone_session(app):
        made = [published_itt().id, opened_itt(1).id, scoring_itt(1).itt.id]
    with undone_session(app):
        yield
    assert len(set(made)) == 3


@pytest.mark.usefixtures("again")
def test_whoever_asks_twice_gets_two() -> None:
    """What is part of something else that stands here is not put back beside it either."""
    there = select(func.count(InvitationToTender.id))
    before = db.session.execute(there).scalar_one()
    made = [published_itt(), opened_itt(1), published_itt(), scoring_itt(1).itt, opened_itt(1)]
    assert len({itt.id for itt in made}) == 5
    assert db.session.execute(there).scalar_one() == before + 5


@pytest.mark.usefixtures("again")
def test_the_ledger_holds() -> None:
    """Each entry stands where it was written, under the hash it was given, and the next one follows it."""
    evaluation = scoring_itt(1)
    written = select(func.count(Event.id))
    before = db.session.scalar(written)
    assert verify_ledger().findings == ()
    make_commissioner(evaluation.itt.authority)
    published_itt(authority=evaluation.itt.authority)
    assert db.session.scalar(written) > before
    assert verify_ledger().findings == ()


@pytest.mark.usefixtures("again")
def test_the_database_refuses_what_it_refused() -> None:
    """Only putting it back passes the triggers by."""
    itt = published_itt()
    with pytest.raises(IntegrityError, match="the published method cannot be changed"):
        db.session.execute(text("UPDATE itt SET method_hash = 'another' WHERE id = :id"), {"id": itt.id})


def test_what_lies_in_files_is_put_back(app: Flask) -> None:
    """A key that a test destroyed is there for the next one, which opens the bids sealed with it."""
    with undone_session(app):
        itt = published_itt()
        current_app.extensions["keys"].destroy_opening_key(itt.id)
    with undone_session(app):
        assert published_itt().id == itt.id
        key = current_app.extensions["keys"].opening_key(itt.id, demonstration=False)
        assert len(key) == 32


def test_what_hangs_on_a_row_is_made_each_time(app: Flask) -> None:
    """Given somebody, a factory works for them."""
    with undone_session(app):
        officer = make_commissioner()
        assert published_itt(actor=officer).authority_id == officer.authority_id
        assert published_itt(actor=officer).authority_id == officer.authority_id
