"""Opened bids with what officers check, and judgements of them, through the real activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, text

from portal.bidding.models import Bid
from portal.core import clock
from portal.core.keeping import Upload
from portal.core.permissions import Actor
from portal.extensions import db
from portal.judging.answering import answer_enquiry
from portal.judging.asking import ask_about_price, list_omissions, raise_ground
from portal.judging.check_models import BidderCheck
from portal.judging.checking import check_bidder
from portal.judging.deciding import decide_judgement
from portal.judging.enquiry_models import Enquiry
from portal.judging.judging import judge as judge_bid
from portal.judging.models import Judgement
from portal.judging.states import Concern, Matter, Verdict
from portal.organisations.models import ContractingAuthority
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.factories.awarding import approver_of
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.tendering import make_commissioner, publish, ready_itt

INSURED, DECLARED, RECORDS, FOUNDED = (
    "are-you-insured",
    "you-declare",
    "how-do-you-keep-records",
    "when-were-you-founded",
)
JUDGED = (INSURED, DECLARED, RECORDS)
ASKED: Sequence[tuple[str, QuestionKind, Mapping[str, str]]] = (
    ("Are you insured?", QuestionKind.YES_NO, {"passes": "yes"}),
    ("You declare", QuestionKind.DECLARATION, {"statement": "We have not agreed our price with anybody."}),
    ("How do you keep records?", QuestionKind.PASS_FAIL, {"word_limit": "50", "rule": "Under lock and key."}),
    ("When were you founded?", QuestionKind.TEXT, {"word_limit": "20"}),
)
"""What officers check: two that pass by their rule, one that has to be read, one for information."""
MISSING = "Send the pages that are listed; nothing else can be changed."
HEARD = "The register of companies shows an administration in March. Say what has become of it."
PRICE = "Show which staff you count on, for how many hours and at which pay."
ANSWER = "It ended in June, and the register says so since July."
WHY = "The certificate that was given lapsed last May."
CHECKED = "I read the answer and the published rule, and agree."


def checked_itt(
    n_bids: int = 2,
    *,
    authority: ContractingAuthority | None = None,
    said: Mapping[str, str] | None = None,
    actor: Actor | None = None,
) -> InvitationToTender:
    """An opened invitation that asked what officers check; `said` of the first bid, by key; `actor` submits it."""
    officer = make_commissioner(authority)
    itt = ready_itt(actor=officer)
    for prompt, kind, settings in ASKED:
        add_question(
            itt=itt,
            prompt=prompt,
            guidance="",
            kind=kind,
            settings=settings,
            criterion=None,
            required=True,
            actor=officer,
        )
    publish(itt, officer)
    for number in range(n_bids):
        first = {"said": said, "actor": actor} if number == 0 else {}
        submitted_bid(itt, price=str(100_000 + 1_000 * number), **first)  # type: ignore[arg-type]
    close_now(itt)
    open_itt(itt)
    db.session.refresh(itt)
    return itt


def bids_of(itt: InvitationToTender) -> Sequence[Bid]:
    """The bids in the order in which they were started."""
    return db.session.scalars(select(Bid).where(Bid.itt_id == itt.id).order_by(Bid.created_at)).all()


def judge(bid: Bid, key: str = RECORDS, verdict: Verdict = Verdict.FAILS, *, reason: str = WHY) -> Judgement:
    """Judge one answer, by a new commissioner."""
    actor = make_commissioner(bid.itt.authority)
    return judge_bid(
        itt=bid.itt,
        bid_id=bid.id,
        matter=Matter.REQUIREMENT,
        about=key,
        verdict=verdict,
        reason=reason,
        actor=actor,
        now=clock.now(),
    )


def judge_enquiry(enquiry: Enquiry, verdict: Verdict = Verdict.FAILS) -> Judgement:
    """Judge a ground or a price that the bidder was asked about, by a new commissioner."""
    itt = enquiry.itt
    return judge_bid(
        itt=itt,
        bid_id=enquiry.bid_id,
        matter=enquiry.matter,
        about=enquiry.about,
        verdict=verdict,
        reason=WHY,
        actor=make_commissioner(itt.authority),
        now=clock.now(),
    )


def in_days(days: int = 14) -> date:
    """A day with enough working days before it."""
    return clock.today() + timedelta(days=days)


def listed(missing: Mapping[Bid, Sequence[str]]) -> list[Enquiry]:
    """List what is missing from bids of one invitation, by a new commissioner."""
    itt = next(iter(missing)).itt
    return list_omissions(
        itt=itt,
        missing={bid.id: keys for bid, keys in missing.items()},
        words=MISSING,
        due_date=in_days(),
        actor=make_commissioner(itt.authority),
        now=clock.now(),
    )


def raised(bid: Bid, ground: str = "insolvency", whom: str = "") -> Enquiry:
    """Raise a ground for exclusion, by a new commissioner; `whom` is a subcontractor."""
    return raise_ground(
        itt=bid.itt,
        bid_id=bid.id,
        ground=ground,
        concern=Concern.SUBCONTRACTOR if whom else Concern.BIDDER,
        whom=whom,
        words=HEARD,
        due_date=in_days(),
        actor=make_commissioner(bid.itt.authority),
        now=clock.now(),
    )


def asked_about_price(bid: Bid) -> Enquiry:
    """Ask about the price, by a new commissioner."""
    actor = make_commissioner(bid.itt.authority)
    return ask_about_price(itt=bid.itt, bid_id=bid.id, words=PRICE, due_date=in_days(), actor=actor, now=clock.now())


def answered(enquiry: Enquiry, *, uploads: Sequence[Upload] = ()) -> Enquiry:
    """Answer as somebody of its bidder."""
    answer_enquiry(
        enquiry=enquiry,
        answers=dict.fromkeys(enquiry.keys or [""], ANSWER),
        uploads=uploads,
        actor=submitter_of(enquiry.bid.provider),
        files=current_app.extensions["files"],
    )
    return enquiry


def let_it_run_out(enquiry: Enquiry) -> None:
    """Let the time for an answer be over."""
    db.session.flush()
    db.session.execute(text("UPDATE enquiry SET due_at = clock_timestamp() WHERE id = :id"), {"id": enquiry.id})
    db.session.refresh(enquiry)


def decide(judgement: Judgement) -> Judgement:
    """Decide it as proposed, by a new approver."""
    actor = approver_of(judgement.itt.authority)
    decide_judgement(judgement=judgement, actor=actor, note=CHECKED, now=clock.now())
    return judgement


def taken_out(bid: Bid, key: str = RECORDS) -> Judgement:
    """Take the bid out of scoring and ranking, by two people."""
    return decide(judge(bid, key))


def checked(bid: Bid, **said: object) -> BidderCheck:
    """Check those behind a bid, by a new commissioner who looks for its bidder alone and sees everything."""
    usual: dict[str, Any] = {
        "looked_at": [bid.provider.name],
        "others": "",
        "looked_online": True,
        "information_seen": True,
        "note": "",
    }
    actor = make_commissioner(bid.itt.authority)
    return check_bidder(itt=bid.itt, bid_id=bid.id, actor=actor, now=clock.now(), **usual | said)
