"""The timetable that an invitation publishes."""

from __future__ import annotations

from datetime import date, datetime

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

    @property
    def asking_until(self) -> datetime | None:
        """When the time for bidders' questions ends."""
        return self.questions_until or self.closes_at

    def takes_questions(self, instant: datetime) -> bool:
        """Whether bidders can ask at `instant`: the one at which the time for it ends is late."""
        return self.is_open(instant) and self.asking_until is not None and instant < self.asking_until
