"""Bids for lots: each by itself, no more than the published limit, whoever of the bidder's people asks at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from portal.bidding.documents import remove_file
from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.models import Bid
from portal.bidding.own_lots import own_lots
from portal.bidding.progress import BidProgress
from portal.bidding.sealing import withdraw_bid
from portal.core.drafts import Incomplete
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.evaluation.reading import read_compliance
from portal.extensions import db
from portal.tendering.models import InvitationToTender, Lot
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, draft_bid, fill_draft, open_itt, submit, submitter_of
from tests.factories.tendering import published_in_lots
from tests.filling import fill
from tests.services import Database


@pytest.mark.usefixtures("db_session")
def test_no_more_bids_than_the_limit(app: Flask) -> None:
    """The third is refused beside the field; withdrawing one makes room, and submitting that one again is refused."""
    itt, actor = published_in_lots(bid=2), submitter_of()
    first, second = (draft_bid(itt, actor=actor, lot=lot) for lot in itt.lots[:2])
    assert draft_bid(itt, actor=actor, lot=itt.lots[0]).id == first.id
    with pytest.raises(InvalidInput, match="at most 2 lots") as refused, db.session.begin_nested():
        draft_bid(itt, actor=actor, lot=itt.lots[2])
    assert refused.value.field == "lots"
    fill_draft(first, actor)
    submit(first, actor)
    withdraw_bid(bid=first, actor=actor)
    third = draft_bid(itt, actor=actor, lot=itt.lots[2])
    with pytest.raises(InvalidInput, match="at most 2 lots"), db.session.begin_nested():
        submit(first, actor)
    for bid in (second, third):
        fill_draft(bid, actor)
        assert submit(bid, actor).version == 1


@pytest.mark.usefixtures("db_session")
def test_another_bidder_and_an_invitation_without_a_limit_are_not_counted() -> None:
    """Each bidder has its own count, and without a limit there is none."""
    limited, free, actor = published_in_lots(bid=1), published_in_lots(), submitter_of()
    for itt in (limited, free):
        draft_bid(itt, actor=submitter_of(), lot=itt.lots[0])
    draft_bid(limited, actor=actor, lot=limited.lots[1])
    assert len([draft_bid(free, actor=actor, lot=lot) for lot in free.lots]) == 3


def test_two_people_of_one_bidder_cannot_each_take_the_last_lot(fresh_app: Flask, fresh_database: Database) -> None:
    """Twelve at once for three lots under a limit of two: two bids, however they meet."""
    with fresh_app.app_context():
        itt, actor = published_in_lots(bid=2), submitter_of()
        db.session.commit()
        itt_id, lots = itt.id, [lot.id for lot in itt.lots]

    def start(number: int) -> None:
        with fresh_app.app_context():
            invitation = db.session.get_one(InvitationToTender, itt_id)
            try:
                draft_bid(invitation, actor=actor, lot=db.session.get_one(Lot, lots[number % 3]))
                db.session.commit()
            except InvalidInput:
                db.session.rollback()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(start, range(12)))
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Bid)) == 2


def test_lots_are_chosen_together_and_too_many_are_refused_beside_the_field(client: CheckedClient) -> None:
    """What was ticked stays ticked, nothing is started; with fewer each chosen lot has a bid."""
    itt = published_in_lots(bid=2)
    person = make_person(Role.SUBMITTER)
    sign_in(client, person)
    public = client.get(f"/opportunities/{itt.reference}").get_data(as_text=True)
    assert "Choose your lots" in public
    assert "One bidder may bid for at most 2 of the 3 lots." in public
    path = f"/provider/bids/start/{itt.reference}"
    refused = fill(client, path, {"lots": ["1", "2", "3"]})
    page = refused.get_data(as_text=True)
    assert (refused.status_code, page.count(" checked")) == (422, 3)
    assert 'href="#lots"' in page
    assert db.session.scalar(select(func.count()).select_from(Bid)) == 0
    assert fill(client, path, {"lots": ["1", "3"]}).status_code == 302
    numbers = db.session.scalars(select(Lot.number).join(Bid, Bid.lot_id == Lot.id).order_by(Lot.number)).all()
    assert numbers == [1, 3]


def test_each_lot_says_exactly_what_it_lacks(client: CheckedClient) -> None:
    """Lots 1 and 3 are submitted while lot 2 lacks its file, which is named on the page of each (D-14)."""
    itt, person = published_in_lots(), make_person(Role.SUBMITTER)
    actor = actor_of(person)
    bids = [draft_bid(itt, actor=actor, lot=lot) for lot in itt.lots]
    for bid in bids:
        fill_draft(bid, actor)
    lacking = bids[1]
    content = {"keys": current_app.extensions["keys"], "files": current_app.extensions["files"]}
    [entry] = read_draft(bid=lacking, actor=actor, keys=content["keys"]).files
    remove_file(bid=lacking, actor=actor, file_id=uuid.UUID(entry["id"]), **content)
    for bid in (bids[0], bids[2]):
        submit(bid, actor)
    standing = own_lots(bids[0], actor=actor, keys=content["keys"])
    assert [(own.progress, len(own.gaps)) for own in standing] == [
        (BidProgress.SUBMITTED, 0),
        (BidProgress.NOT_SUBMITTED, 1),
        (BidProgress.SUBMITTED, 0),
    ]
    sign_in(client, person)
    page = client.get(f"/provider/bids/{bids[0].reference}").get_data(as_text=True)
    assert standing[1].gaps[0].message in page


def test_a_bid_is_asked_the_questions_of_its_own_lot(client: CheckedClient) -> None:
    """Missing in its lot it blocks, elsewhere it is neither shown, nor accepted, nor missed; officers read it there."""
    itt, person = published_in_lots(2, asked={"Which wards?": 2}), make_person(Role.SUBMITTER)
    actor = actor_of(person)
    bids = [draft_bid(itt, actor=actor, lot=lot) for lot in itt.lots]
    sign_in(client, person)
    pages = [client.get(f"/provider/bids/{bid.reference}/answers").get_data(as_text=True) for bid in bids]
    assert ["Which wards?" in page for page in pages] == [False, True]
    keys = current_app.extensions["keys"]
    with pytest.raises(InvalidInput, match="not part of"), db.session.begin_nested():
        save_answers(bid=bids[0], actor=actor, keys=keys, answers={"which-wards": "All"})
    for bid in bids:
        fill_draft(bid, actor)
    save_answers(bid=bids[1], actor=actor, keys=keys, answers={"which-wards": ""})
    db.session.refresh(bids[1])
    assert submit(bids[0], actor).version == 1
    with pytest.raises(Incomplete) as refused, db.session.begin_nested():
        submit(bids[1], actor)
    assert [gap.key for gap in refused.value.gaps] == ["which-wards"]
    save_answers(bid=bids[1], actor=actor, keys=keys, answers={"which-wards": "The four north of the river"})
    db.session.refresh(bids[1])
    submit(bids[1], actor)
    close_now(itt)
    open_itt(itt)
    officer = actor_of(make_person(Role.COMMISSIONER, authority=itt.authority))
    read = [read_compliance(itt=itt, bid_id=bid.id, actor=officer).answers for bid in bids]
    assert [[answer.shown.text for answer in answers] for answers in read] == [[], ["The four north of the river"]]
