"""The ledger in ordinary words: one sentence for each kind of event on a procurement's own chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core.words import london_date
from portal.dashboards.queries import Entry
from portal.regulation.notice_catalogue import CATALOGUE

SENTENCES: Mapping[str, str] = {
    EventKind.ITT_DRAFTED: "The draft was begun",
    EventKind.JOINT_BUYER_ADDED: "A body that buys together was added",
    EventKind.JOINT_BUYER_REMOVED: "A body that was to buy together was taken out",
    EventKind.JOINT_BUYER_AGREED: "An authority agreed to buy together",
    EventKind.ITT_HANDED_OVER: "Another officer looks after it",
    EventKind.ITT_COPIED: "It was begun as a copy of an earlier invitation",
    EventKind.ITT_CHANGED: "The draft was changed",
    EventKind.INTEREST_ASKED: "Somebody was asked to declare their interests",
    EventKind.INTEREST_NOT_ASKED: "Somebody who was named by mistake was taken out of the register of interests",
    EventKind.INTEREST_REGISTERED: "Somebody of the buyer declared their interests",
    EventKind.MITIGATION_PROPOSED: "It was proposed what is done about an interest",
    EventKind.MITIGATION_DECIDED: "A second person decided what is done about an interest",
    EventKind.CONFLICTS_ASSESSED: "The conflicts assessment was made or revised",
    EventKind.PUBLICATION_PROPOSED: "An approver was asked to look at the draft",
    EventKind.PUBLICATION_SENT_BACK: "An approver sent the draft back",
    EventKind.PUBLICATION_APPROVED: "A second person approved the draft",
    EventKind.ITT_PUBLISHED: "Published; the method is frozen from here on",
    EventKind.ITT_CANCELLED: "The draft was discarded",
    EventKind.ITT_CLOSED: "The time for bids ended",
    EventKind.INVITATIONS_ISSUED: "Every active member of the lot was invited",
    EventKind.PROVIDER_INVITED_LATE: "A provider admitted meanwhile was invited, with the same deadline",
    EventKind.DIRECT_AWARD_APPROVED: "A second person approved the direct award",
    EventKind.RESTRICTED_DOCUMENT_READ: "A restricted document was read by the buyer’s people",
    EventKind.UNDECIDED_APPLICATIONS_EXPLAINED: "It was recorded why applications of bidders stayed undecided",
    EventKind.ADDENDUM_PROPOSED: "A change of the published invitation was proposed",
    EventKind.ADDENDUM_WITHDRAWN: "The proposed change was taken back",
    EventKind.ADDENDUM_REFUSED: "The proposed change was refused",
    EventKind.ADDENDUM_PUBLISHED: "A second person published the change",
    EventKind.ANSWERS_PUBLISHED: "Answers to bidders’ questions were published",
    EventKind.LATE_BID_PROPOSED: "What becomes of a late bid was proposed",
    EventKind.LATE_BID_DECIDED: "A second person decided about a late bid",
    EventKind.OPENING_STARTED: "The first of two people asked to open the bids",
    EventKind.OPENING_REFUSED: "An attempt to open the bids was refused",
    EventKind.BIDS_OPENED: "Two people opened the bids",
    EventKind.PRICES_OPENED: "Two people opened the prices",
    EventKind.BID_FILE_VIEWED: "A panel member looked at a document",
    EventKind.JUDGED: "An officer judged that an answer passes",
    EventKind.PASSED_BY_RULE: "Answers that meet the published rules were passed",
    EventKind.JUDGEMENT_PROPOSED: "It was proposed to take a bid out, or back in",
    EventKind.JUDGEMENT_REFUSED: "The proposed judgement of a bid was refused",
    EventKind.VALIDITY_ASKED: "Every bidder that is still in was asked to let its bid stand for longer",
    EventKind.VALIDITY_ANSWERED: "A bidder answered whether its bid stands for longer",
    EventKind.JUDGEMENT_DECIDED: "A second person decided whether a bid stays in",
    EventKind.DEBARMENT_LIST_BROUGHT_IN: "The debarment list was brought in, as it was read on a day",
    EventKind.BIDDER_CHECKED: "Those behind a bid were checked",
    EventKind.ENQUIRY_MADE: "A bidder was asked about its opened bid",
    EventKind.ENQUIRY_ANSWERED: "A bidder answered what it was asked about its bid",
    EventKind.ENQUIRY_REFUSED_LATE: "An answer about a bid came too late, and was refused",
    EventKind.WORDS_HELD: "Words of a young person are held until somebody has looked",
    EventKind.WORDS_READ: "Held words were read",
    EventKind.WORDS_DECIDED: "It was decided whether held words can be read",
    EventKind.WORDS_UNREAD: "Held words were not read in time, and somebody else was told",
    EventKind.SAFEGUARDING_LEAD_NAMED: "A safeguarding lead was named for young people",
    EventKind.PANEL_MEMBER_APPOINTED: "A panel member was appointed",
    EventKind.PANEL_MEMBER_REMOVED: "A panel member was removed",
    EventKind.PANEL_REMOVAL_PROPOSED: "It was proposed to remove a panel member",
    EventKind.PANEL_REMOVAL_REFUSED: "A panel member was kept, whom somebody had proposed to remove",
    EventKind.PANEL_REMINDED: "A panel was reminded of the scores that it owes",
    EventKind.BIDS_SHARED_OUT: "The bids were shared out among a panel’s members",
    EventKind.SITTING_TIMES_SET: "The times of young people’s sittings were set",
    EventKind.TAKING_PART_RECORDED: "A young person’s age band, and a parent’s consent, were recorded",
    EventKind.SITTING_BEGUN: "A young person began a sitting",
    EventKind.PRACTICE_FINISHED: "A young person practised on made-up answers",
    EventKind.YOUNG_PEOPLE_PAIRED: "It was written down which young people score together",
    EventKind.SAT_TOGETHER: "Young people who score together were all there, each by their own PIN",
    EventKind.PAIR_PARTED: "Somebody left a pair, and the other goes on with what both gave",
    EventKind.YOUNG_CHAIR_NAMED: "Young people have a chair of their own, or have none any more",
    EventKind.YOUNG_CHAIR_FINISHED: "The young chair said that their group has finished",
    EventKind.INTEREST_DECLARED: "A panel member declared interests",
    EventKind.MEMBER_RECUSED: "A panel member stepped back because of an interest",
    EventKind.SCORECARD_SUBMITTED: "A panel member submitted a scorecard",
    EventKind.MODERATION_STARTED: "A panel began to moderate",
    EventKind.SCORE_AGREED: "A panel agreed a score",
    EventKind.SCORE_ANSWERED: "A panel member answered an agreed score",
    EventKind.SCORE_MOVED: "A panel member came round from a score",
    EventKind.ATTENDANCE_CHANGED: "Who takes part in a panel’s meeting was written down",
    EventKind.WORDS_HIDDEN: "Words that say whose a bid is were hidden from panels",
    EventKind.WORDS_SHOWN_AGAIN: "Words that were hidden from panels are shown again",
    EventKind.MODERATION_CLOSED: "A panel closed its moderation",
    EventKind.RESULT_CALCULATED: "The result was calculated by the published method",
    EventKind.RESULT_DIAGNOSED: "What decided the result was worked out",
    EventKind.RESULT_BLOCKED: "The result could not be calculated",
    EventKind.LOT_COMMITTED: "Somebody committed to a secret value for a lot",
    EventKind.LOT_REVEALED: "Somebody revealed the value that they had committed to",
    EventKind.FIRMNESS_SEEN: "Somebody read which single scores decide the result",
    EventKind.LOOKED_AGAIN: "Somebody looked a second time at the scores that decide alone",
    EventKind.LOT_DRAWN: "A lot was drawn between tied bids",
    EventKind.LOT_ABANDONED: "A draw was given up, because somebody did not reveal",
    EventKind.EVALUATION_REPORT_TAKEN: "Somebody took the evaluation report",
    EventKind.PANEL_TOLD: "Young people were told what was done with their words",
    EventKind.AWARD_PROPOSED: "An award was proposed",
    EventKind.AWARD_REFUSED: "The proposed award was refused",
    EventKind.AWARD_DECIDED: "The award was decided",
    EventKind.SUMMARIES_ISSUED: "Every bidder was sent its assessment summary",
    EventKind.STANDSTILL_STARTED: "The standstill began",
    EventKind.STANDSTILL_ENDED: "The standstill ended",
    EventKind.SETTING_ASIDE_PROPOSED: "It was proposed to set the award aside",
    EventKind.SETTING_ASIDE_REFUSED: "The proposal to set the award aside was refused",
    EventKind.WINNER_WITHDREW: "The winner of a lot withdrew, and the award to it was set aside",
    EventKind.PLACE_LEFT_EMPTY: "A place in the award of a lot was left empty",
    EventKind.EVALUATION_REOPENED: "Panels were reopened, and every award was set aside",
    EventKind.ENDING_PROPOSED: "It was proposed to end it",
    EventKind.ENDING_WITHDRAWN: "The proposal to end it was taken back",
    EventKind.ENDING_REFUSED: "The proposal to end it was refused",
    EventKind.PROCUREMENT_CANCELLED: "Cancelled",
    EventKind.LOT_NOT_AWARDED: "A lot was ended without an award",
    EventKind.OPENING_KEY_DESTROYED: "The key of the sealed bids was destroyed: nobody can ever open them",
    EventKind.CONTRACT_CONCLUDED: "The contract was concluded",
    EventKind.NOTICE_PREPARED: "A notice was prepared, and waits for its number on Find a Tender",
    EventKind.NOTICE_PLACED: "It was recorded where a notice was published first",
    EventKind.NOTICE_PUBLISHED: "A notice was published",
}


def sentence(kind: str) -> str:
    """What happened, for a person; an unknown kind is shown by its own name rather than left out."""
    return SENTENCES.get(kind, kind.replace("_", " ").capitalize())


def detail(event: Event, panels: Mapping[str, str]) -> str:
    """A word more where the entry holds one that helps: the panel (`panels` names them by key), a reference, a day."""
    data = event.data
    if isinstance(data.get("panel"), str):
        return panels.get(data["panel"], "")
    if event.kind in {EventKind.NOTICE_PREPARED, EventKind.NOTICE_PLACED}:
        name = CATALOGUE[data["kind_code"]].name
        return ", ".join(filter(None, [name, data.get("central_reference")]))
    if event.kind in {EventKind.NOTICE_PUBLISHED, EventKind.CONTRACT_CONCLUDED}:
        return str(data.get("reference", ""))
    if event.kind == EventKind.STANDSTILL_STARTED:
        return f"Until the end of {london_date(date.fromisoformat(data['last_day']))}"
    return ""


@dataclass(frozen=True)
class Happening:
    """Entries of the same kind by the same person in a row, told as one."""

    at: datetime
    what: str
    who: str
    detail: str
    count: int


def happenings(entries: Iterable[Entry], panels: Mapping[str, str]) -> list[Happening]:
    """Tell a history, newest first, with what one person did several times in a row told once."""
    told = []
    for _, run in groupby(entries, key=lambda entry: (entry.event.kind, entry.who, detail(entry.event, panels))):
        same = list(run)
        newest = same[0]
        told.append(
            Happening(
                newest.event.at,
                sentence(newest.event.kind),
                newest.who,
                detail(newest.event, panels),
                len(same),
            )
        )
    return told
