"""Where a draft stands: its sections, its tasks, and the words for its state. Pure functions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core.lifecycle import Named
from portal.tendering.models import AwardCriterion, InvitationToTender, Question
from portal.tendering.question_kinds.kind import Asked


class BidProgress(StrEnum):
    """What counts of a bid now: the words of the banner that nobody must overlook."""

    NOT_SUBMITTED = "Not submitted"
    SUBMITTED = "Submitted"
    CHANGES_NOT_SUBMITTED = "Changes not submitted"
    NOT_CONFIRMED = "Submitted, not confirmed"
    """An addendum has overtaken what was submitted."""
    WITHDRAWN = "Withdrawn"


class TaskStatus(Named):
    """How far one task is."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    COMPLETED = "Completed"


@dataclass
class Section:
    """The questions under one heading of the criteria, answered on one page."""

    key: str
    title: str
    questions: list[Question] = field(default_factory=list)

    @property
    def required(self) -> bool:
        """Whether any of its questions has to be answered."""
        return any(question.required for question in self.questions)


def bid_progress(bid: Bid) -> BidProgress:
    """What counts of the bid now."""
    if bid.status is BidStatus.WITHDRAWN:
        return BidProgress.WITHDRAWN
    if bid.status is BidStatus.DRAFT:
        return BidProgress.NOT_SUBMITTED
    if bid.is_overtaken:
        return BidProgress.NOT_CONFIRMED
    return BidProgress.CHANGES_NOT_SUBMITTED if bid.has_unsubmitted_change else BidProgress.SUBMITTED


def sections_of(questions: Sequence[Question], criteria: Sequence[AwardCriterion]) -> list[Section]:
    """Group the questions by the first level of the criteria; those without a criterion come under "General".

    What sets the price is not among them: it has a page of its own.
    """
    by_id = {criterion.id: criterion for criterion in criteria}
    sections: dict[str, Section] = {}
    for question in (each for each in questions if not each.asked.kind.sets_price):
        root = _root(question.criterion_id, by_id)
        key, title = (root.key, root.title) if root else ("general", "General questions")
        sections.setdefault(key, Section(key, title)).questions.append(question)
    return list(sections.values())


def questions_of(bid: Bid) -> list[Question]:
    """The questions that a bid answers, which are those of its lot, in their order."""
    return questions_for(bid.itt, bid.lot_id)


def questions_for(itt: InvitationToTender, lot_id: uuid.UUID) -> list[Question]:
    """The questions that bids for a lot answer, in their order."""
    asked = [question for question in itt.questions if question.is_asked_for(lot_id)]
    return sorted(asked, key=lambda question: (question.position, question.key))


def as_asked(questions: Sequence[Question]) -> list[Asked]:
    """The questions as bidders are asked them."""
    return [question.asked for question in questions]


def status_of(questions: Sequence[Question], content: Content) -> TaskStatus:
    """How far the answers to some questions are."""
    touched = any(q.asked.is_answered(content.answers) or content.files_of(q.key) for q in questions)
    blocking = [gap for gap in gaps_of(as_asked(questions), content) if gap.key]
    if touched:
        return TaskStatus.IN_PROGRESS if blocking else TaskStatus.COMPLETED
    return TaskStatus.NOT_STARTED


def file_questions(questions: Sequence[Question]) -> list[Question]:
    """Those that take files."""
    return [question for question in questions if question.asked.kind.takes_files]


def gaps_outside(section: Sequence[Question], questions: Sequence[Question], content: Content) -> bool:
    """Whether anything but the answers of this section still blocks the submission."""
    here = {question.key for question in section if not question.asked.kind.takes_files}
    return any(gap.key not in here for gap in gaps_of(as_asked(questions), content))


def _root(criterion_id: uuid.UUID | None, by_id: dict[uuid.UUID, AwardCriterion]) -> AwardCriterion | None:
    criterion = by_id.get(criterion_id) if criterion_id else None
    while criterion is not None and criterion.parent_id in by_id:
        criterion = by_id[criterion.parent_id]
    return criterion
