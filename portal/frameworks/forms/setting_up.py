"""Forms about what a framework, dynamic purchasing system or dynamic market is, how long, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField

from portal.accounts.forms.factor import FactorField
from portal.core.clock import LONDON
from portal.core.parsing.figures import DAYS
from portal.frameworks.models import Framework
from portal.frameworks.terms import FeePayer, Validity
from portal.organisations.models import ContractingAuthority
from portal.regulation.framework_law import OFFERED
from portal.regulation.local_time import end_of_day, start_of_day
from portal.web.fields import (
    ChoiceField,
    CodesField,
    DayField,
    PercentField,
    PickField,
    PoundsField,
    WholeField,
    line,
    page,
)
from portal.web.forms import BaseForm
from portal.web.uploads import UploadField

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class TitleFields(BaseForm):
    """A title, and that it is another than those it is like."""

    title = line("Title", description="Say what is bought and for whom. Providers will see it.")
    title_confirmed = BooleanField("The title is right: this is another one than any with a like title")


class NewForm(TitleFields):
    """Starting a draft."""

    kind = ChoiceField(
        "What do you want to set up?",
        choices=[(law.kind.value, law.choice) for law in OFFERED],
    )
    established_on = DayField(
        "Day on which it was established",
        description="Only if it exists already, for example 1 10 2017. Leave it empty for a new one.",
    )


class AboutForm(TitleFields):
    """What is bought."""

    description = page(
        "Description", description="What you buy, for whom, where, and roughly how much. Use plain words."
    )
    cpv_codes = CodesField(
        "CPV codes", description="The procurement codes of everything in it, one on each line.", render_kw=PLAIN
    )
    estimated_value = PoundsField(
        "Estimated value", description="All call-offs of the whole term together, with VAT.", render_kw=DIGITS
    )
    replaces = line("What does it replace?", description="Leave it empty if it is new.")
    providers_before = WholeField(
        "How many providers did that have?", description="Shown beside the number now.", render_kw=DIGITS
    )


class TermForm(BaseForm):
    """From when until when."""

    established_on = DayField(
        "Day on which it was established",
        description="Leave it empty if that is the day on which it goes live.",
    )
    valid_from = DayField("First day of its validity", description="For example, 1 4 2027")
    valid_until = DayField("Last day of its validity", description="For example, 31 3 2031. The whole day counts.")
    is_open_framework = BooleanField("It is an open framework")
    term_reason = page("Why must it last longer than four years?")

    @classmethod
    def of(cls, framework: Framework) -> TermForm:
        """The form with what is saved, as days in the United Kingdom (or with what was posted)."""
        return cls(
            established_on=framework.established_on,
            valid_from=_day(framework.valid_from),
            valid_until=_day(framework.valid_until, before=True),
            is_open_framework=framework.is_open_framework,
            term_reason=framework.term_reason,
        )

    def validity(self) -> Validity:
        """The days as instants: from the start of the first to the end of the last."""
        first, last = self.valid_from.data, self.valid_until.data
        return Validity(
            established_on=self.established_on.data,
            begins=start_of_day(first) if first else None,
            ends=end_of_day(last) if last else None,
            term_reason=self.term_reason.data or "",
            is_open_framework=bool(self.is_open_framework.data),
        )


class TermsForm(BaseForm):
    """How it works."""

    how_it_works = page(
        "How it works", description="How providers join and how work is called off, in words that everybody follows."
    )
    decision_days = WholeField(
        "Working days to decide an application",
        DAYS,
        description="Count from the day after it arrives.",
        render_kw=DIGITS,
    )
    fee_payer = ChoiceField(
        "Does anybody pay a fee?",
        choices=[
            (FeePayer.NOBODY.value, "No"),
            (FeePayer.AWARDED.value, "The provider that is awarded a contract pays a share of its value"),
        ],
        default=FeePayer.NOBODY.value,
    )
    fee_percent = PercentField("Share of the contract’s estimated value", render_kw=PLAIN)
    direct_award_terms = page("When can a contract be awarded directly?")
    suspension_terms = page("When can a member be suspended?")
    publishes_members = BooleanField("Show who the members are")

    @classmethod
    def of(cls, framework: Framework) -> TermsForm:
        """The form with what is saved (or with what was posted)."""
        payer = FeePayer.NOBODY if framework.fee_percent is None else FeePayer.AWARDED
        return cls(obj=framework, fee_payer=payer.value)


class PublicationForm(BaseForm):
    """Where the notice was published first."""

    publication_reference = line(
        "Reference of the notice on Find a Tender", description="For example, 012345-2026", render_kw=PLAIN
    )
    publication_reason = page("Why is there no notice there?")


class ParticipantForm(BaseForm):
    """An authority that commits itself."""

    authority = PickField("Authority")
    committed_on = DayField("Day on which it committed itself", description="For example, 12 10 2026")
    commitment = page("The commitment", description="Who decided it, and where that is written down.")

    def offer(self, authorities: Iterable[ContractingAuthority]) -> None:
        """Offer the authorities of the portal."""
        self.authority.choices = [(str(authority.id), authority.name) for authority in authorities]


class WindowForm(BaseForm):
    """A window for joining."""

    opens = DayField("First day on which providers can apply", description="For example, 1 4 2027")
    closes = DayField("Last day on which they can apply", description="The whole day counts.")


class DocumentForm(BaseForm):
    """A document for everybody."""

    title = line("What is it?", description="For example, Specification.")
    file = UploadField("The file")


class GoLiveForm(FactorField):
    """Going live, with a fresh second factor."""


class CeaseForm(FactorField):
    """Ending it early, with a fresh second factor."""

    reason = page("Why does it end?", description="Everybody can read it.")


class ConfirmForm(BaseForm):
    """A page with nothing but a button."""


def _day(instant: Any, *, before: bool = False) -> date | None:
    """The day of an instant in the United Kingdom; of an exclusive end, the last day that is inside."""
    if instant is None:
        return None
    inside = instant - timedelta(microseconds=1) if before else instant
    day: date = inside.astimezone(LONDON).date()
    return day
