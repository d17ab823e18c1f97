"""The procurement termination notice: where the law asks for it, what it says, and the open data of what ended."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app

from portal.audit.kinds import EventKind
from portal.core import clock
from portal.extensions import db
from portal.notices.models import OcdsRecord
from portal.notices.publisher import publisher
from portal.notices.queries import waiting_notices
from portal.regulation.kinds import IttKind, Regime, Size
from portal.regulation.procurement_law import TERMINATION
from portal.regulation.procurement_rows import ROWS
from portal.tendering.models import InvitationToTender
from tests.factories.awarding import publish_of
from tests.factories.bidding import opened_itt
from tests.factories.ending import WHY, cancelled, not_awarded
from tests.factories.notices import place
from tests.factories.tendering import published_itt

pytestmark = pytest.mark.usefixtures("reference_data")

DUE = {(IttKind.OPEN, Regime.PA2023, Size.ABOVE), (IttKind.MARKET_CALL_OFF, Regime.PA2023, Size.ABOVE)}


def test_it_is_due_where_a_tender_notice_was() -> None:
    """Above the threshold after a tender notice of the 2023 Act; never below, under a framework or the 2015 rules."""
    found = {
        (*place, size) for place, row in ROWS.items() for size in Size if row.notice_duty(TERMINATION, size).is_central
    }
    assert found == DUE
    for row in ROWS.values():
        for size in Size:
            assert row.notice_duty(TERMINATION, size).law.startswith(("PA2023 s.55", "PCR2015 reg 55"))


def test_above_the_threshold_it_waits_for_its_number() -> None:
    """It is prepared with the decision, and published here with its own number on Find a Tender."""
    itt = _announced(_worth(published_itt(), 800_000))
    cancelled(itt)
    assert publish_of(itt, EventKind.PROCUREMENT_CANCELLED) is None
    assert [one.name for one in waiting_notices(itt.id)] == ["Procurement termination notice"]
    notice = place(itt, publisher=publisher(current_app.config["SETTINGS"]), now=clock.now())
    assert (notice.kind_code, notice.reference) == ("UK12", f"{itt.reference}-UK12")
    assert notice.central_reference is not None


@pytest.mark.parametrize("ends", [cancelled, not_awarded])
def test_below_the_threshold_it_appears_here_at_once(ends: Any, faults_of: Any) -> None:
    """The open data say that the process is over, when and why, whether the law asks for a notice or not."""
    itt = _announced(_worth(opened_itt(0), 90_000))
    ending = ends(itt)
    kind = EventKind.LOT_NOT_AWARDED if ending.lot_id else EventKind.PROCUREMENT_CANCELLED
    notice = publish_of(itt, kind)
    assert notice is not None
    release = json.loads(notice.text)
    status = "unsuccessful" if ending.lot_id else "cancelled"
    assert release["tag"] == ["tenderCancellation"]
    assert release["tender"]["status"] == status
    assert release["tender"]["lots"] == [{"id": "1", "status": status}]
    (document,) = release["tender"]["documents"]
    assert WHY in document["description"]
    assert faults_of("release")(release) == []
    compiled = json.loads(db.session.get_one(OcdsRecord, notice.ocid).text)
    assert compiled["tender"]["status"] == status
    assert compiled["tender"]["title"] == itt.title


def _worth(itt: InvitationToTender, pounds: int) -> InvitationToTender:
    itt.estimated_value = Decimal(pounds)
    db.session.flush()
    return itt


def _announced(itt: InvitationToTender) -> InvitationToTender:
    publish_of(itt, EventKind.ITT_PUBLISHED)
    return itt
