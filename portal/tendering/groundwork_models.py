"""What has to be thought of before a procurement is published, as small records: one for each subject."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import Model, one_of
from portal.core.lifecycle import Named


class GroundworkSubject(Named):
    """What there is to think of."""

    EQUALITY = "equality"
    CONSULTATION = "consultation"
    SMALL_PROVIDERS = "small_providers"


class GroundworkOutcome(Named):
    """What came of it."""

    DONE = "done"
    NOT_NEEDED = "not_needed"
    OPEN = "open"


@dataclass(frozen=True)
class SubjectFacts:
    """A subject in words: its title, what to write, and the answers that there are."""

    title: str
    ask: str
    hint: str
    answers: Mapping[GroundworkOutcome, str]
    still_open: str = ""
    """What keeps the invitation back while it is under way."""


SUBJECTS: Mapping[GroundworkSubject, SubjectFacts] = {
    GroundworkSubject.EQUALITY: SubjectFacts(
        "Equality impact",
        "What did you find, and what follows for the service? Or why is no assessment needed?",
        "Whom could it serve worse than others, by age, disability, sex, race, religion, sexual orientation, "
        "pregnancy or gender reassignment? Say where the assessment is kept.",
        {
            GroundworkOutcome.DONE: "We have assessed it",
            GroundworkOutcome.OPEN: "The assessment is under way",
            GroundworkOutcome.NOT_NEEDED: "No assessment is needed",
        },
        "The equality impact assessment is under way. Finish it before you publish.",
    ),
    GroundworkSubject.CONSULTATION: SubjectFacts(
        "Consultation",
        "Who was asked, what did they say, and what did you change? Or why was nobody asked?",
        "Young people, parents and carers, providers, partners.",
        {
            GroundworkOutcome.DONE: "We have asked people, and listened",
            GroundworkOutcome.OPEN: "The consultation is still open",
            GroundworkOutcome.NOT_NEEDED: "Nobody was asked",
        },
        "The consultation is still open. Wait for its end before you publish.",
    ),
    GroundworkSubject.SMALL_PROVIDERS: SubjectFacts(
        "Small providers",
        "What could keep small and voluntary organisations away, and what have you done about it?",
        "For example: the turnover or insurance asked for, the length of the bid, the time to write it, payment in "
        "arrears, one large contract.",
        {GroundworkOutcome.DONE: "We have looked at what keeps small providers away"},
    ),
}


class Groundwork(Model):
    """What was recorded about one subject of an invitation."""

    __tablename__ = "groundwork"
    __table_args__ = (
        CheckConstraint("words <> ''", name="has_words"),
        CheckConstraint("outcome <> 'done' OR on_date IS NOT NULL", name="done_on_a_day"),
    )

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[GroundworkSubject] = one_of(GroundworkSubject, primary_key=True)
    outcome: Mapped[GroundworkOutcome] = one_of(GroundworkOutcome)
    words: Mapped[str]
    on_date: Mapped[date | None]
    """When it was finished."""
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    @property
    def facts(self) -> SubjectFacts:
        """Its subject in words."""
        return SUBJECTS[self.subject]
