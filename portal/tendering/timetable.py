"""The timetable that an invitation publishes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portal.regulation.local_time import local_date
from portal.tendering.reach import Reach

USUAL_VALIDITY = 90
"""Days. Opening, panels, moderation, two people and the standstill of eight working days fit into three months; for
longer a small organisation cannot hold its price against wages that are settled once a year."""
LONGEST_VALIDITY = 365
LAST_HOURS = timedelta(hours=2)
"""In which a bidder who cannot send its bid is helped at once."""


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

    validity_days: Mapped[int | None] = mapped_column(default=USUAL_VALIDITY)
    """Days from the day of closing for which a bid can be accepted; None: none was stated, and none is enforced."""

    @property
    def bids_stand_until(self) -> date | None:
        """The last day on which a bid can be accepted without its bidder's further agreement; None: none was stated."""
        if self.closes_at is None or self.validity_days is None:
            return None
        return local_date(self.closes_at) + timedelta(days=self.validity_days)

    @property
    def asking_until(self) -> datetime | None:
        """When the time for bidders' questions ends."""
        return self.questions_until or self.closes_at

    def is_in_last_hours(self, instant: datetime) -> bool:
        """Whether bidding is open at `instant`, and closes within two hours."""
        return self.is_open(instant) and self.closes_at is not None and self.closes_at - instant <= LAST_HOURS

    def takes_questions(self, instant: datetime) -> bool:
        """Whether bidders can ask at `instant`: the one at which the time for it ends is late."""
        return self.is_open(instant) and self.asking_until is not None and instant < self.asking_until
