"""The timetable that an invitation publishes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portal.tendering.reach import Reach


class Timetable(Reach):
    """When bidders ask and are answered, when the authority decides, when the contract starts."""

    questions_until: Mapped[datetime | None] = mapped_column()
    """When the time for bidders' questions ends; None: with the time for bids."""
    answers_by_date: Mapped[date | None] = mapped_column()
    """By when the authority means to answer them."""
    award_date: Mapped[date | None] = mapped_column()
    """When the authority expects to decide."""
    contract_start_date: Mapped[date | None] = mapped_column()
    visit_date: Mapped[date | None] = mapped_column()
    """When bidders can come and see, before bidding closes; None where there is nothing to see."""
    visit_words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Where, for how long, and how to come."""
    presentations_date: Mapped[date | None] = mapped_column()
    """When bidders present what they offer, between closing and decision; None where they do not."""
    presentations_words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Where, to whom, and what for."""

    @property
    def asking_until(self) -> datetime | None:
        """When the time for bidders' questions ends."""
        return self.questions_until or self.closes_at

    def takes_questions(self, instant: datetime) -> bool:
        """Whether bidders can ask at `instant`: the one at which the time for it ends is late."""
        return self.is_open(instant) and self.asking_until is not None and instant < self.asking_until
