"""Reading opened bids. Nothing else reads their answers, files or prices: every function here asks who reads.

A person reads within the policy, a panel's member once interests are declared, and each viewing of answers and
files is recorded (PCR 2015 reg 22(16)(d), (f)). The portal reads for a purpose with a name, and is not recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
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
from portal.core.showing import SHOWN, NotShown, ShownPage, show_page
from portal.core.storage import FileStore
from portal.core.words import london_short
from portal.evaluation.declaring import require_declared
from portal.evaluation.leaves import leaf_named, leaves_for
from portal.evaluation.models import PanelWork
from portal.evaluation.published_method import Leaf
from portal.evaluation.queries import bid_to_score, compliance_questions, questions_read_first, seat_of, sound_bid
from portal.evaluation.standing import require_to_judge
from portal.tendering.amending.earlier_answers import before_in_words, stands
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.queries import changes_by_version
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.question_kinds.kind import Asked, Shown
from portal.tendering.question_kinds.schedule import schedule_in
from portal.tendering.states import AFTER_MODERATION, EnvelopeKind

ONE_VIEWING = timedelta(minutes=15)
"""A page that comes back within this time, with an error perhaps, is the same viewing."""

_WITH_BIDDER = joinedload(OpenedBid.bid).options(joinedload(Bid.provider), joinedload(Bid.lot))


class Purpose(StrEnum):
    """What the portal reads opened bids for when nobody is looking."""

    RESULT = "result"
    CONTRACT = "contract"
    AWARD_NOTICE = "award_notice"


Reader = Actor | Purpose


@dataclass(frozen=True)
class Answer:
    """A question of the panel's, what the bidder answered, the files given with it (manifest entries)."""

    question: Question
    shown: Shown
    files: tuple[Mapping[str, Any], ...]
    meets_its_rule: bool
    """Whether the rule that is published with the question says by itself that it passes."""
    confidential: str | None = None
    """Why its bidder asks to keep it confidential, where it does."""
    before: str = ""
    """That it was answered before an addendum changed the question, and what the addendum says of that."""


@dataclass(frozen=True)
class File:
    """A bid's file: what its bidder called it, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class FilePage:
    """One page of a bid's file, to look at."""

    bid: OpenedBid
    name: str
    number: int
    shown: ShownPage


@dataclass(frozen=True)
class GivenFile:
    """A file that a bid gave for its panels, without its content."""

    file_id: str
    question: str
    """The question's key."""
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Reading:
    """One bid as a panel reads it: no price, no bidder's name, no other panel's questions."""

    bid: OpenedBid
    leaves: tuple[Leaf, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    """By criterion key."""
    summary: tuple[Answer, ...]
    """What young people read before anything else, whoever scores it."""


@dataclass(frozen=True)
class Compliance:
    """One bid as officers check it, with its bidder's name: no price, and nothing that a panel scores."""

    bid: OpenedBid
    answers: tuple[Answer, ...]
    declared: tuple[str, ...]
    """What was declared by submitting it."""
    partners: tuple[Partner, ...]
    """Who else stands behind it."""


@dataclass(frozen=True)
class Rates:
    """A bid's price schedule, and the rates that it gave, by key."""

    bid: OpenedBid
    schedule: Asked
    given: Mapping[str, str]


def read_bid(*, work: PanelWork, bid_id: uuid.UUID, actor: Actor, criterion: str | None = None) -> Reading:
    """Read one bid's answers to the panel's questions (to the one of that key, when it is given).

    Records BID_FILE_VIEWED with the version, once in a quarter of an hour for the same answers. Raises
    `NotAllowed` until interests are declared for each bidder and in a lot that the member left, `NotYet` while a link
    with its bidder is not decided (`standing.require_to_judge`), `NotFound` for a bid that is not there or whose
    seal did not match and for another panel's question, `WrongState` before the opening and after the panel
    has closed.
    """
    bid = _bid_for(work, bid_id, actor)
    leaves = leaves_for(work, bid) if criterion is None else [leaf_named(work, bid, criterion)]
    _note(bid, actor, panel=work.panel.key, what="answers", criteria=[leaf.key for leaf in leaves])
    first = questions_read_first(work.itt_id) if work.panel.kind.is_young_people else ()
    summary = _answers(bid, bid.quality, first)
    return Reading(
        bid, tuple(leaves), {leaf.key: _answers(bid, bid.quality, leaf.questions) for leaf in leaves}, summary
    )


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
    answers = _answers(bid, held, compliance_questions(itt.id))
    return Compliance(bid, answers, tuple(held.get("declared", ())), partners)


def read_compliance_file(
    *, itt: InvitationToTender, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor, files: FileStore
) -> File:
    """Read a file that officers check, unsealed and compared with its SHA-256; records and raises as `read_file`."""
    bid = _bid_to_check(itt, bid_id, actor)
    not_given = _not_given(bid)
    for entry in _manifest(bid.compliance):
        if entry["id"] == str(file_id) and entry["question"] not in not_given:
            return _read(bid, entry, actor, files, envelope=EnvelopeKind.COMPLIANCE)
    raise NotFound("There is no such file here.")


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


def _bid_for(work: PanelWork, bid_id: uuid.UUID, actor: Actor) -> OpenedBid:
    policy.require(actor, Verb.READ_BIDS, work)
    member = require_declared(work, actor)
    standing = bid_to_score(work.itt_id, bid_id)
    require_to_judge(work, member, standing)
    return _opened(work.itt, standing.bid_id, undefer(OpenedBid.quality))


def _own_file(
    work: PanelWork, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor
) -> tuple[OpenedBid, Mapping[str, Any]]:
    """A bid, and the entry of a file that it gave with one of the panel's questions."""
    bid = _bid_for(work, bid_id, actor)
    own = {question.key for leaf in leaves_for(work, bid) for question in leaf.questions} - _not_given(bid)
    for entry in _manifest(bid.quality):
        if entry["id"] == str(file_id) and entry["question"] in own:
            return bid, entry
    raise NotFound("There is no such file here.")


def _bid_to_check(itt: InvitationToTender, bid_id: uuid.UUID, actor: Actor) -> OpenedBid:
    policy.require(actor, Verb.READ_COMPLIANCE, itt)
    return _opened(itt, bid_id, undefer(OpenedBid.compliance), _WITH_BIDDER)


def _opened(itt: InvitationToTender, bid_id: uuid.UUID, *what: ORMOption) -> OpenedBid:
    """One sound opened bid with what is to be read of it, or `NotFound`: whoever calls has asked who reads."""
    bid = sound_bid(itt.id, bid_id)
    whose = joinedload(OpenedBid.bid).joinedload(Bid.lot)
    content = select(OpenedBid).where(OpenedBid.bid_id == bid.bid_id).options(whose, *what)
    return db.session.scalars(content.execution_options(populate_existing=True)).one()


def _answers(bid: OpenedBid, envelope: Mapping[str, Any] | None, questions: Sequence[Question]) -> tuple[Answer, ...]:
    texts = (envelope or {}).get("answers", {})
    manifest, marked = _manifest(envelope), (envelope or {}).get("confidential", {})
    overtaken = _overtaken(bid)
    return tuple(
        _answer(question, texts, manifest, marked.get(question.key), overtaken.get(question.key, ()))
        for question in questions
        if question.is_asked_for(bid.bid.lot_id)
    )


def _answer(
    question: Question,
    texts: Mapping[str, str],
    manifest: Sequence[Mapping[str, Any]],
    confidential: str | None,
    changes: Sequence[MethodChange],
) -> Answer:
    """One answer; where addenda changed its question and nobody confirmed it, as those addenda say."""
    given = Answer(
        question,
        question.asked.shown(texts),
        tuple(entry for entry in manifest if entry["question"] == question.key),
        question.asked.meets_its_rule(texts),
        confidential,
    )
    if not changes:
        return given
    # What was answered before the question changed is judged by somebody who reads both.
    given = replace(given, meets_its_rule=False) if stands(changes) else Answer(question, Shown(), (), False)
    return replace(given, before=before_in_words(changes))


def _overtaken(bid: OpenedBid) -> Mapping[str, Sequence[MethodChange]]:
    """What changed after the bid was submitted and was not confirmed, by question; nothing of most bids."""
    found: dict[str, list[MethodChange]] = {}
    for change in changes_by_version(bid.bid.itt_id) if bid.answered_before else ():
        is_its = change.addendum is not None and change.addendum.number in bid.answered_before
        if is_its and change.part.is_question:
            found.setdefault(change.key, []).append(change)
    return found


def _not_given(bid: OpenedBid) -> set[str]:
    """The questions whose answers in the bid count as not given."""
    return {key for key, changes in _overtaken(bid).items() if not stands(changes)}


def _manifest(envelope: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    listed: Sequence[Mapping[str, Any]] = (envelope or {}).get("files", [])
    return listed


def _read(bid: OpenedBid, entry: Mapping[str, Any], actor: Actor, files: FileStore, **seen_by: Any) -> File:
    content = read_stored_file(bid=bid.bid, entry=entry, files=files)
    _note(bid, actor, **seen_by, what="file", file=entry["id"], sha256=entry["sha256"], shown=False)
    return File(entry["name"], entry["media_type"], content)


def _note(bid: OpenedBid, actor: Actor, **details: Any) -> None:
    seen = {"version": str(bid.version_id), **details}
    noted = select(Event.id).where(
        Event.object_type == "bid",
        Event.object_id == bid.bid_id,
        Event.kind == EventKind.BID_FILE_VIEWED.value,
        Event.actor_id == actor.user_id,
        Event.data.contains(seen),
        Event.at > func.clock_timestamp() - ONE_VIEWING,
    )
    if db.session.execute(noted.limit(1)).first() is None:
        record(EventKind.BID_FILE_VIEWED, bid, actor=actor, **seen)
