"""Forms about lots."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.tendering.forms.service import DIGITS
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.web.fields import PoundsField, WholeField, line, page
from portal.web.forms import BaseForm


class LotForm(BaseForm):
    """One lot."""

    title = line("Title", description="What is different about this lot: an area, an age, a kind of support.")
    description = page("Description", description="What bidders need to know about this lot beside the rest.")
    estimated_value = PoundsField(
        "Estimated value of this lot", description="For the whole term, with VAT.", render_kw=DIGITS
    )
    places = WholeField("How many bidders is it awarded to?", default=1, render_kw=DIGITS)


class QuestionLotsForm(BaseForm):
    """Which lots a question is asked for."""

    lots = SelectMultipleField(
        "Which lots is it asked for?", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def offer(self, itt: InvitationToTender, question: Question) -> None:
        """Offer the lots; those that it is asked for are ticked."""
        self.offered = itt.lots
        self.lots.choices = [(str(lot.number), f"Lot {lot.number}: {lot.title}") for lot in itt.lots]
        if not self.is_submitted():
            self.lots.data = [str(lot.number) for lot in itt.lots if question.is_asked_for(lot.id)]

    @property
    def chosen(self) -> list[Lot]:
        """The chosen lots in their order."""
        return [lot for lot in self.offered if str(lot.number) in (self.lots.data or [])]


class LotRulesForm(BaseForm):
    """How many lots one bidder may have, or why there is only one lot."""

    max_lots_bid = WholeField(
        "How many lots may one bidder bid for?",
        description="Leave it empty for as many as there are.",
        render_kw=DIGITS,
    )
    max_lots_awarded = WholeField(
        "How many lots may one bidder win?", description="Leave it empty for as many as there are.", render_kw=DIGITS
    )
    no_lots_reason = page("Why is it not divided into lots?")
