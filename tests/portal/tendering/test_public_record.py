"""What is public about an invitation, in words and as JSON values."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal.core import clock
from portal.regulation.queries import cpv_codes_among
from portal.tendering.models import InvitationToTender
from portal.tendering.public_record import listed, published
from portal.tendering.public_state import public_state
from portal.tendering.states import AFTER_PUBLICATION, IttStatus
from tests.factories.tendering import published_itt


def test_everything_a_bidder_needs_is_there(db_session: object) -> None:
    """The twin holds the method and its hash, the weights in marks, the questions, and survives JSON."""
    itt = published_itt(title="Early help")
    record = json.loads(json.dumps(published(itt, clock.now(), cpv_codes_among(itt.cpv_codes))))
    assert record["method"] == itt.method
    assert record["method_hash"] == itt.method_hash
    assert record["cpv"][0] == {"code": "85311300", "description": "Welfare services for children and young people"}
    assert record["estimated_value"] == {"amount": "240000.00", "currency": "GBP"}
    assert (record["term_months"], record["break_months"]) == (30, [12, 18])
    weights = {row["criterion"]: (row["marks"], row["panels"]) for row in record["effective_weights"]}
    assert weights["our-voice"] == ("20", {"young-people": "20"})
    assert weights["outcomes"] == ("21/2", {"local": "21/2"})
    assert weights["price"] == ("20", {})
    assert [question["settings"].get("word_limit") for question in record["questions"]] == [
        500,
        750,
        400,
        300,
        300,
        300,
        None,
    ]
    assert record["closes_at"].endswith("Z")


def test_the_list_says_less(db_session: object) -> None:
    """A row of the list has exactly these keys."""
    assert set(listed(published_itt(), clock.now())) == {
        "reference",
        "title",
        "authority",
        "state",
        "published_at",
        "closes_at",
        "estimated_value",
        "term_months",
        "break_months",
        "cpv_codes",
        "light_touch",
        "called_off_from",
    }


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (IttStatus.OPENED, "judged"),
        (IttStatus.MODERATED, "deciding"),
        (IttStatus.AWARDED, "awarded"),
        (IttStatus.CONTRACTED, "contracted"),
    ],
)
def test_later_stages_have_their_words(status: IttStatus, key: str) -> None:
    """Each stage after the opening says where things stand."""
    assert public_state(InvitationToTender(status=status), clock.now()).key == key


def test_closed_is_told_by_the_clock(db_session: object) -> None:
    """The closing instant itself is closed; a moment before is open."""
    itt = published_itt(closes_in=timedelta(hours=5))
    assert itt.closes_at is not None
    before = public_state(itt, itt.closes_at - timedelta(microseconds=1))
    assert (before.key, public_state(itt, itt.closes_at).key) == ("open", "closed")


def test_every_public_status_has_a_state() -> None:
    """None of the statuses after publication is forgotten."""
    now = clock.now()
    for status in AFTER_PUBLICATION:
        assert public_state(InvitationToTender(status=status, closes_at=now), now).sentence
