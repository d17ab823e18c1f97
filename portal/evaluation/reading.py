"""Reading opened bids. Nothing else reads their answers, files or prices: every function here asks who reads.

A person reads within the policy, a panel's member once interests are declared, and each viewing of answers and
files is recorded (PCR 2015 reg 22(16)(d), (f)). The portal reads for a purpose with a name, and is not recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Select, String, cast, func, select
from sqlalchemy.orm import joinedload, undefer
from sqlalchemy.orm.interfaces import ORMOption

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.bidding.models import Bid, OpenedBid, OpenedPrice
from portal.bidding.partners import Partner
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.stored_files import read_stored_file
from portal.core.columns import db
from portal.core.errors import NotFound, NotYet, WrongState
from portal.core.permissions import Actor, Verb, policy
from portal.core.showing import SHOWN, NotShown, show_page
from portal.core.storage import FileStore
from portal.core.words import london_short
from portal.evaluation.declaring import require_declared
from portal.evaluation.hiding_models import HiddenWords
from portal.evaluation.leaves import leaf_named, leaves_for
from portal.evaluation.masking import masked_answers, masked_entry
from portal.evaluation.models import PanelWork
from portal.evaluation.opened import (
    Answer,
    Compliance,
    File,
    FilePage,
    Given,
    GivenFile,
    Rates,
    Reading,
    answers_in,
    manifest,
    not_given,
)
from portal.evaluation.queries import compliance_questions, questions_read_first, seat_of, sound_bid
from portal.evaluation.standing import bid_to_judge
from portal.tendering.models import AwardCriterion, InvitationToTender, Question
from portal.tendering.question_kinds.schedule import schedule_in
from portal.tendering.states import AFTER_MODERATION, EnvelopeKind

ONE_VIEWING = timedelta(minutes=15)
"""A page that comes back within this time, with an error perhaps, is the same viewing."""

HIDDEN_OF = (
    select(func.coalesce(func.array_agg(HiddenWords.words), cast([], ARRAY(String))))
    .where(HiddenWords.bid_id == OpenedBid.bid_id, HiddenWords.shown_again_at.is_(None))
    .correlate(OpenedBid)
    .scalar_subquery()
)
"""What of an opened bid its panels do not read."""

_WITH_BIDDER = joinedload(OpenedBid.bid).options(joinedload(Bid.provider), joinedload(Bid.lot))


class Purpose(StrEnum):
    """What the portal reads opened bids for when nobody is looking."""

    RESULT = "result"
    CONTRACT = "contract"
    AWARD_NOTICE = "award_notice"


Reader = Actor | Purpose


def read_bid(*, work: PanelWork, bid_id: uuid.UUID, actor: Actor, criterion: str | None = None) -> Reading:
    """Read one bid's answers to the panel's questions (to the one of that key, when it is given).

    Records BID_FILE_VIEWED with the version, once in a quarter of an hour for the same answers. Raises
    `NotAllowed` until interests are declared for each bidder and in a lot that the member left, `NotYet` while a link
    with its bidder is not decided (`standing.require_to_judge`), `NotFound` for a bid that is not there,
    whose seal did not match or, while each scores alone, is not theirs, and for another panel's question, `WrongState`
    before the opening and after the panel has closed.
    """
    bid, hidden = _bid_for(work, bid_id, actor)
    leaves = leaves_for(work, bid) if criterion is None else [leaf_named(work, bid, criterion)]
    _note(bid, actor, panel=work.panel.key, what="answers", criteria=[leaf.key for leaf in leaves])
    first = questions_read_first(work.itt_id) if work.panel.kind.is_young_people else ()
    given = {leaf.key: _for_panel(bid, hidden, leaf.questions) for leaf in leaves}
    return Reading(bid, tuple(leaves), given, _for_panel(bid, hidden, first))


def read_file(*, work: PanelWork, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor, files: FileStore) -> File:
    """Read a file that a bid gave with one of the panel's questions, unsealed and compared with its SHA-256.

    Records BID_FILE_VIEWED with the version and the SHA-256. Raises as `read_bid`, `NotFound` for a file of
    another bid or of another panel's question, `SealBroken` when the bytes are not what was sealed.
    """
    bid, entry = _own_file(work, bid_id, file_id, actor)
    return _read(bid, entry, actor, files, panel=work.panel.key)


def show_file_page(
    *,
    work: PanelWork,
    bid_id: uuid.UUID,
    file_id: uuid.UUID,
    number: int,
    drawn: bool,
    actor: Actor,
    files: FileStore,
    now: datetime,
) -> FilePage:
    """One page of such a file to look at, from 1: its text, and where `drawn` a picture with who reads it across.

    Records BID_FILE_VIEWED once in a quarter of an hour, however many pages are looked at. Raises as `read_file`,
    `NotFound` for a page that it does not have, and `NotShown` for a file that can only be downloaded.
    """
    bid, entry = _own_file(work, bid_id, file_id, actor)
    if entry["media_type"] not in SHOWN:
        raise NotShown("A file of this kind cannot be shown here. Download it to read it.")
    content = read_stored_file(bid=bid.bid, entry=entry, files=files)
    reader = seat_of(work.panel_id, actor.user_id).alias
    mark = f"{reader} · {london_short(now)} · {work.itt.reference} · {bid.label}"
    shown = show_page(content, entry["media_type"], page=number, mark=mark, drawn=drawn)
    _note(bid, actor, panel=work.panel.key, what="file", file=entry["id"], sha256=entry["sha256"], shown=True)
    return FilePage(bid, entry["name"], number, shown)


def read_compliance(*, itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor) -> Compliance:
    """Read what a bid answered for officers to check: no price, and nothing that a panel scores.

    Records BID_FILE_VIEWED with the version, once in a quarter of an hour. Raises `NotFound` for a bid that is not
    there or whose seal did not match, and for other authorities, `NotAllowed`, `WrongState` before the opening.
    """
    bid = _bid_to_check(itt, bid_id, actor)
    _note(bid, actor, envelope=EnvelopeKind.COMPLIANCE, what="answers")
    held = bid.compliance or {}
    partners = tuple(Partner(**each) for each in held.get("partners", ()))
    answers = answers_in(bid, held, compliance_questions(itt.id))
    return Compliance(bid, answers, tuple(held.get("declared", ())), partners)


def read_compliance_file(
    *, itt: InvitationToTender, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor, files: FileStore
) -> File:
    """Read a file that officers check, unsealed and compared with its SHA-256; records and raises as `read_file`."""
    bid = _bid_to_check(itt, bid_id, actor)
    overtaken = not_given(bid)
    for entry in manifest(bid.compliance):
        if entry["id"] == str(file_id) and entry["question"] not in overtaken:
            return _read(bid, entry, actor, files, envelope=EnvelopeKind.COMPLIANCE)
    raise NotFound("There is no such file here.")


def read_answers(*, itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor) -> Given:
    """Read, as an officer, what a bid answered to everything that panels score: the original, nothing hidden.

    Records BID_FILE_VIEWED with the version, once in a quarter of an hour. Raises as `read_compliance`.
    """
    policy.require(actor, Verb.READ_ANSWERS, itt)
    bid = _opened(itt, bid_id, undefer(OpenedBid.quality), _WITH_BIDDER)
    _note(bid, actor, envelope=EnvelopeKind.QUALITY, what="answers")
    scored = [question for question in questions_of(bid.bid) if question.envelope is EnvelopeKind.QUALITY]
    return Given(bid, answers_in(bid, bid.quality, scored))


def read_side_by_side(
    *, itt: InvitationToTender, bid_ids: Sequence[uuid.UUID], criterion: AwardCriterion, actor: Actor
) -> Sequence[Given]:
    """Read, as an officer, what some bids answered to the questions of one criterion, once every panel has closed.

    Records BID_FILE_VIEWED for each of them, once in a quarter of an hour. Raises `NotAllowed`, `NotFound` for other
    authorities, `WrongState` before the panels have closed.
    """
    policy.require(actor, Verb.COMPARE_ANSWERS, itt)
    asked = [question for question in itt.questions if question.criterion_id == criterion.id]
    sound = OpenedBid.bid_id.in_(bid_ids), Bid.itt_id == itt.id, OpenedBid.quarantine_reason.is_(None)
    content = select(OpenedBid).join(OpenedBid.bid).where(*sound).options(undefer(OpenedBid.quality), _WITH_BIDDER)
    found = {bid.bid_id: bid for bid in db.session.scalars(content.execution_options(populate_existing=True))}
    bids = [found[bid_id] for bid_id in bid_ids if bid_id in found]
    _note_each(bids, actor, envelope=EnvelopeKind.QUALITY, what="answers", criteria=[criterion.key])
    return [Given(bid, answers_in(bid, bid.quality, asked)) for bid in bids]


def note_answer_read(*, itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor, enquiry: uuid.UUID) -> None:
    """Note that somebody reads what a bidder answered beside its bid; records and raises as `read_compliance`."""
    _note(
        _bid_to_check(itt, bid_id, actor), actor, envelope=EnvelopeKind.COMPLIANCE, what="enquiry", enquiry=str(enquiry)
    )


def read_prices(*, itt: InvitationToTender, lot_id: uuid.UUID, reader: Reader) -> Mapping[uuid.UUID, OpenedBid]:
    """The opened bids of one of the invitation's lots with their providers and prices (pounds over the whole term).

    By bid; a price is None where the seal did not match. People read them once every panel has closed, so that no
    price weighs on a score; they are part of the result then, and looking at a result is not recorded. Raises
    `WrongState` before, `NotFound` and `NotAllowed`.
    """
    if isinstance(reader, Actor):
        _require_prices_to_be_seen(itt, reader)
    found = db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.itt_id == itt.id, Bid.lot_id == lot_id)
        .options(
            joinedload(OpenedBid.opened_price).undefer(OpenedPrice.price),
            joinedload(OpenedBid.bid).joinedload(Bid.provider),
        )
        .order_by(OpenedBid.label)
        .execution_options(populate_existing=True)
    )
    return {opened.bid_id: opened for opened in found}


def read_names_of_files(*, itt: InvitationToTender, actor: Actor) -> Mapping[uuid.UUID, Sequence[GivenFile]]:
    """What files every bid of the invitation gave for its panels, by bid: names, sizes and SHA-256, never content.

    Read as prices are, once every panel has closed: the record says on which document a mark was given. Raises as
    `read_prices`.
    """
    _require_prices_to_be_seen(itt, actor)
    listed = select(OpenedBid.bid_id, OpenedBid.quality["files"])
    found = db.session.execute(listed.join(OpenedBid.bid).where(Bid.itt_id == itt.id))
    return {
        bid_id: [
            GivenFile(entry["id"], entry["question"], entry["name"], entry["size"], entry["sha256"])
            for entry in files or ()
        ]
        for bid_id, files in found
    }


def read_rates(*, itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor) -> Rates:
    """The price schedule of an opened bid with its rates; read as prices are, once every panel has closed.

    Raises `NotFound` for a bid that is not there, one whose seal did not match, and where bidders gave one figure;
    `WrongState` before the panels have closed, and `NotAllowed`.
    """
    _require_prices_to_be_seen(itt, actor)
    found = _opened(itt, bid_id, joinedload(OpenedBid.opened_price).undefer(OpenedPrice.said), _WITH_BIDDER)
    schedule = schedule_in(as_asked(questions_of(found.bid)))
    if schedule is None:
        raise NotFound("Bidders gave one figure for this lot.")
    said = found.opened_price.said if found.opened_price is not None else None
    return Rates(found, schedule, (said or {}).get("answers", {}))


def _require_prices_to_be_seen(itt: InvitationToTender, actor: Actor) -> None:
    policy.require(actor, Verb.SEE_PRICES, itt)
    if itt.reached not in AFTER_MODERATION:
        raise WrongState("This ended before every panel had closed its moderation, so nobody sees the prices.")
    if itt.prices_are_sealed:
        raise NotYet("The prices are sealed. They can be seen once two openers have opened them.")


def _bid_for(work: PanelWork, bid_id: uuid.UUID, actor: Actor) -> tuple[OpenedBid, tuple[str, ...]]:
    """A bid with what it answered, and the words of it that its panels do not read."""
    policy.require(actor, Verb.READ_BIDS, work)
    member = require_declared(work, actor)
    theirs = bid_to_judge(work, member, bid_id)
    rows = db.session.execute(
        _content_of(theirs.bid_id, undefer(OpenedBid.quality)).add_columns(HIDDEN_OF.label("hidden"))
    )
    bid, hidden = rows.one()
    return bid, tuple(hidden)


def _for_panel(bid: OpenedBid, hidden: Sequence[str], questions: Sequence[Question]) -> tuple[Answer, ...]:
    return masked_answers(answers_in(bid, bid.quality, questions), hidden)


def _own_file(
    work: PanelWork, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor
) -> tuple[OpenedBid, Mapping[str, Any]]:
    """A bid, and the entry of a file that it gave with one of the panel's questions."""
    bid, hidden = _bid_for(work, bid_id, actor)
    own = {question.key for leaf in leaves_for(work, bid) for question in leaf.questions} - not_given(bid)
    for entry in manifest(bid.quality):
        if entry["id"] == str(file_id) and entry["question"] in own:
            return bid, masked_entry(entry, hidden)
    raise NotFound("There is no such file here.")


def _bid_to_check(itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor) -> OpenedBid:
    policy.require(actor, Verb.READ_COMPLIANCE, itt)
    return _opened(itt, bid_id, undefer(OpenedBid.compliance), _WITH_BIDDER)


def _opened(itt: InvitationToTender, bid_id: uuid.UUID, *what: ORMOption) -> OpenedBid:
    """One sound opened bid with what is to be read of it, or `NotFound`: whoever calls has asked who reads."""
    bid = sound_bid(itt.id, bid_id)
    return db.session.scalars(_content_of(bid.bid_id, *what)).one()


def _content_of(bid_id: uuid.UUID, *what: ORMOption) -> Select[OpenedBid]:
    whose = joinedload(OpenedBid.bid).joinedload(Bid.lot)
    content = select(OpenedBid).where(OpenedBid.bid_id == bid_id).options(whose, *what)
    return content.execution_options(populate_existing=True)


def _read(bid: OpenedBid, entry: Mapping[str, Any], actor: Actor, files: FileStore, **seen_by: Any) -> File:
    content = read_stored_file(bid=bid.bid, entry=entry, files=files)
    _note(bid, actor, **seen_by, what="file", file=entry["id"], sha256=entry["sha256"], shown=False)
    return File(entry["name"], entry["media_type"], content)


def _note(bid: OpenedBid, actor: Actor, **details: Any) -> None:
    _note_each([bid], actor, **details)


def _note_each(bids: Sequence[OpenedBid], actor: Actor, **details: Any) -> None:
    """Note a viewing of each of them; of which version needs no asking, for once opened a bid has one."""
    noted = select(Event.object_id).where(
        Event.object_type == "bid",
        Event.object_id.in_([bid.bid_id for bid in bids]),
        Event.kind == EventKind.BID_FILE_VIEWED.value,
        Event.actor_id == actor.user_id,
        Event.data.contains(details),
        Event.at > func.clock_timestamp() - ONE_VIEWING,
    )
    seen = set(db.session.scalars(noted))
    for bid in bids:
        if bid.bid_id not in seen:
            record(EventKind.BID_FILE_VIEWED, bid, actor=actor, version=str(bid.version_id), **details)
