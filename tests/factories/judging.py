"""Opened bids with what officers check, and judgements of them, through the real activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal.bidding.models import Bid
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.judging.deciding import decide_judgement
from portal.judging.judging import judge_requirement
from portal.judging.models import Judgement
from portal.judging.states import Verdict
from portal.organisations.models import ContractingAuthority
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.factories.awarding import approver_of
from tests.factories.bidding import close_now, open_itt, submitted_bid
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
    return judge_requirement(
        itt=bid.itt, bid_id=bid.id, key=key, verdict=verdict, reason=reason, actor=actor, now=clock.now()
    )


def decide(judgement: Judgement) -> Judgement:
    """Decide it as proposed, by a new approver."""
    actor = approver_of(judgement.itt.authority)
    decide_judgement(judgement=judgement, actor=actor, note=CHECKED, now=clock.now())
    return judgement


def taken_out(bid: Bid, key: str = RECORDS) -> Judgement:
    """Take the bid out of scoring and ranking, by two people."""
    return decide(judge(bid, key))
