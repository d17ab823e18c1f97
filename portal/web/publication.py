"""Where a notice was published first: the questions of every page on which somebody says so."""

from __future__ import annotations

from portal.regulation.kinds import PublicationBasis
from portal.web.fields import ChoiceField, line, page
from portal.web.forms import BaseForm

FIRST_THERE = (
    (PublicationBasis.CENTRAL_REFERENCE.value, "On Find a Tender: we have its reference"),
    (PublicationBasis.FALLBACK.value, "Find a Tender could not publish it"),
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
