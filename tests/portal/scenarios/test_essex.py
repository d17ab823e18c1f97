"""The county, in small: two localities, shared out, scored and moderated through the activities, also after a break."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import marked_as_seeded
from portal.evaluation.models import PanelWork
from portal.evaluation.progress import progress_of
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios.essex.bidding import County, found
from portal.scenarios.essex.loading import build
from portal.scenarios.essex_size import ESSEX, SMALL
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.services import Database


class BrokenOff(Exception):
    """Somebody switched the machine off."""


def test_the_county_has_454_bids_in_eleven_localities() -> None:
    """Each locality has 41 or 42."""
    assert len(ESSEX.names) == len(set(ESSEX.names)) == 11
    assert sum(ESSEX.bids_by_locality) == 454
    assert set(ESSEX.bids_by_locality) == {41, 42}


@pytest.mark.long
def test_two_localities_are_built_also_after_a_break(fresh_app: Flask, fresh_database: Database) -> None:
    """Broken off once panels close, it goes on: every bid scored by its number of members, every panel closed."""
    mark_as_demonstration(fresh_database.owner_url)
    with fresh_app.app_context(), marked_as_seeded():

        def county(stop: str = "nothing says this") -> County:
            def say(words: str) -> None:
                if stop in words:
                    raise BrokenOff(words)

            return found(SMALL, keys=fresh_app.extensions["keys"], files=fresh_app.extensions["files"], say=say)

        for stop in ("opened", "has closed"):
            with pytest.raises(BrokenOff):
                build(county(stop))
            db.session.rollback()
        itts = build(county())
        assert [itt.status for itt in itts] == [IttStatus.MODERATED] * 2
        assert db.session.scalar(select(func.count()).select_from(InvitationToTender)) == 2
        assert set(db.session.scalars(select(PanelWork.status))) == {PanelWorkStatus.CLOSED}
        for itt, bids in zip(itts, SMALL.bids_by_locality, strict=True):
            progress = progress_of([panel.id for panel in itt.panels])
            for panel in itt.panels:
                scoring = [one for one in progress[panel.id] if one.member.may_score]
                assert sum(one.submitted for one in scoring) == sum(one.asked for one in scoring) == 2 * bids
        shared = select(func.count()).where(Event.kind == EventKind.BIDS_SHARED_OUT.value)
        assert db.session.scalar(shared) == 6
