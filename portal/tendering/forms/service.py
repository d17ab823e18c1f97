"""Forms about what is bought, by when, and where it is published."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from wtforms.validators import ValidationError

from portal.accounts.forms.factor import FactorField
from portal.core.clock import LONDON
from portal.core.parsing.figures import MONTHS
from portal.localities.queries import Place
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import to_utc
from portal.tendering.models import InvitationToTender
from portal.tendering.requirements import Occasions
from portal.tendering.starting_points import StartingPoint
from portal.web.fields import (
    ChoiceField,
    CodesField,
    DayField,
    MonthsField,
    PickField,
    PoundsField,
    TimeField,
    WholeField,
    line,
    page,
)
from portal.web.forms import BaseForm

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
PLAIN = {"autocomplete": "off"}
COPY = "copy"
FIRST_THERE = (
    (PublicationBasis.CENTRAL_REFERENCE.value, "On Find a Tender: we have its reference"),
    (PublicationBasis.FALLBACK.value, "Find a Tender could not publish it"),
)


class NewForm(BaseForm):
    """Starting a draft."""

    title = line("What are you buying?", description="A short title that providers will see.")
    start = ChoiceField(
        "How do you want to start?",
        choices=[
            (StartingPoint.THREE_PANELS.value, "From an example with three panels"),
            (StartingPoint.EMPTY.value, "With an empty draft"),
            (COPY, "From an earlier invitation"),
        ],
        default=StartingPoint.THREE_PANELS.value,
    )
    source = PickField("Which earlier invitation?", choices=[], default="")

    def offer(self, earlier: Iterable[InvitationToTender]) -> None:
        """Offer the earlier invitations; where there is none, nothing can be copied."""
        self.source.choices = [("", "Choose one")]
        self.source.choices += [(itt.reference, f"{itt.title} ({itt.reference})") for itt in earlier]
        if len(self.source.choices) == 1:
            del self.source
            self.start.choices = [choice for choice in self.start.choices if choice.value != COPY]


class LocalitiesForm(BaseForm):
    """What the draft of each locality is worth: a field `value-<identifier>` for each."""

    @classmethod
    def of(cls, places: Sequence[Place]) -> LocalitiesForm:
        """The form for some localities."""
        boxes = {f"value-{place.locality.id}": PoundsField(place.full_name, render_kw=DIGITS) for place in places}
        made: LocalitiesForm = type("LocalitiesForm", (cls,), boxes)()
        return made

    @property
    def values(self) -> dict[uuid.UUID, Decimal]:
        """The values that were given, by locality."""
        boxes = {box.name.removeprefix("value-"): box.data for box in self if box.name.startswith("value-")}
        return {uuid.UUID(name): value for name, value in boxes.items() if value is not None}


class OwnerForm(BaseForm):
    """Who looks after a procurement."""

    owner = ChoiceField("Who looks after it from now on?", choices=[])


class ServiceForm(BaseForm):
    """What is bought."""

    title = line("Title", description="Say what the service is and who it is for.")
    description = page(
        "Description", description="What you need, for whom, where, and what you hope will change. Use plain words."
    )
    easy_read = page(
        "In easy words",
        description="A few short sentences, as you would tell a 12-year-old. Young people on a panel read them before "
        "they start.",
    )
    cpv_codes = CodesField(
        "CPV codes",
        description="The procurement codes of the service, one on each line. Providers who follow a code are told.",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    place = PickField("Which locality is it for?", choices=[], default="")

    def offer(self, places: Sequence[Place]) -> None:
        """Offer the authority's localities; without a map nothing is asked."""
        self.place.choices = [("", "The whole area")]
        self.place.choices += [(str(place.locality.id), place.full_name) for place in places]
        if not places:
            del self.place

    @property
    def locality_id(self) -> uuid.UUID | None:
        """The locality that it is for."""
        return uuid.UUID(self.place.data) if self.place is not None and self.place.data else None


class ValueForm(BaseForm):
    """How much it is worth and how long it lasts."""

    estimated_value = PoundsField(
        "Estimated value",
        description="For the whole term, with VAT. Do not take off anything for break points.",
        render_kw=DIGITS,
    )
    term_months = WholeField("Length of the contract", MONTHS, description="In months.", render_kw=DIGITS)
    break_months = MonthsField(
        "Break points",
        description="Months after the start at which you may end the contract early, such as 12, 18. Leave it empty "
        "if there are none.",
        render_kw=PLAIN,
    )


class TimetableForm(BaseForm):
    """When bidding closes, when the decision is expected, when the contract starts."""

    closes = DayField("Day when bidding closes", description="For example, 4 12 2026")
    closes_time = TimeField(
        "Time when bidding closes",
        description="UK time, for example noon or 5pm. A bid that arrives at this time or later is late.",
        render_kw=PLAIN,
    )
    questions_end = DayField(
        "Last day for questions",
        description="Bidders ask here, and everybody reads your answers. Leave it empty to take questions until "
        "bidding closes.",
    )
    questions_end_time = TimeField(
        "Time when it ends on that day", description="UK time, for example 5pm.", render_kw=PLAIN
    )
    answers_by_date = DayField("Day by which you answer them", description="Leave bidders time to use your answers.")
    award_date = DayField("Day when you expect to decide", description="For example, 29 1 2027")
    contract_start_date = DayField("Day when the contract starts", description="For example, 1 4 2027")
    validity_days = WholeField(
        "Days for which bids stand",
        description="Counted from the day when bidding closes: bidders hold their price for so long, and afterwards "
        "you can award to nobody who does not agree. Take what you need and no more; 90 is usual.",
    )
    visit_date = DayField("Day when bidders can visit", description="Leave it empty if there is nothing to see.")
    visit_words = page("Where is the visit, and how do bidders take part?")
    presentations_date = DayField(
        "Day when bidders present what they offer", description="Leave it empty if you do not ask for it."
    )
    presentations_words = page("Where do they present it, to whom, and what for?")

    def validate_closes_time(self, field: Any) -> None:
        """Ask for the time when only the day was given."""
        if self.closes.data is not None and field.data is None and not field.errors:
            raise ValidationError("Give the time when bidding closes, such as noon or 5pm.")

    def closing_instant(self) -> datetime | None:
        """The closing time as a UTC instant; raises `InvalidInput` for an hour that is skipped or happens twice."""
        if self.closes.data is None or self.closes_time.data is None:
            return None
        return to_utc(self.closes.data, self.closes_time.data, field="closes_time")

    def validate_questions_end_time(self, field: Any) -> None:
        """Ask for the time when only the day was given."""
        if self.questions_end.data is not None and field.data is None and not field.errors:
            raise ValidationError("Give the time when it ends, such as noon or 5pm.")

    def occasions(self) -> Occasions:
        """The days on which bidders come."""
        return Occasions(
            self.visit_date.data,
            self.visit_words.data or "",
            self.presentations_date.data,
            self.presentations_words.data or "",
        )

    def end_of_questions(self) -> datetime | None:
        """When the time for questions ends, as a UTC instant; raises `InvalidInput` as `closing_instant` does."""
        if self.questions_end.data is None or self.questions_end_time.data is None:
            return None
        return to_utc(self.questions_end.data, self.questions_end_time.data, field="questions_end_time")

    @classmethod
    def of(cls, itt: InvitationToTender) -> TimetableForm:
        """The form with what is saved, its times in UK time (or with what was posted)."""
        closes = itt.closes_at.astimezone(LONDON) if itt.closes_at else None
        asking = itt.questions_until.astimezone(LONDON) if itt.questions_until else None
        return cls(
            obj=itt,
            closes=closes and closes.date(),
            closes_time=closes and closes.time(),
            questions_end=asking and asking.date(),
            questions_end_time=asking and asking.time(),
        )


class PublicationForm(BaseForm):
    """Why something may be published here (PR24 reg 5(11))."""

    publication_basis = ChoiceField("Where has the notice been published first?", choices=FIRST_THERE)
    central_reference = line(
        "Reference of the notice on Find a Tender",
        description="For example, 012345-2026",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    publication_reason = page("Why could it not be published there?")

    @property
    def basis(self) -> PublicationBasis:
        """What was chosen."""
        return PublicationBasis(self.publication_basis.data)


class TenderNoticeForm(PublicationForm):
    """Why an invitation may be published here. That no notice is needed is said each time, and never by the page."""

    publication_basis = ChoiceField(
        "Where has the notice been published first?",
        choices=[*FIRST_THERE, (PublicationBasis.NOT_REQUIRED.value, "No notice is needed")],
    )

    @classmethod
    def of(cls, itt: InvitationToTender) -> TenderNoticeForm:
        """The form with what is saved (or with what was posted)."""
        basis = None if itt.publication_basis is PublicationBasis.NOT_REQUIRED else itt.publication_basis.value
        said = {"central_reference": itt.central_reference, "publication_reason": itt.publication_reason}
        return cls(data={"publication_basis": basis, **said})


class PublishForm(FactorField):
    """Publishing, with a fresh second factor."""


class ConfirmForm(BaseForm):
    """A page with nothing but a button."""
