"""Forms of asking to be called otherwise, and of deciding that."""

from __future__ import annotations

from portal.accounts.forms.factor import FactorField
from portal.organisations.forms import IdentityFields
from portal.organisations.models import Provider
from portal.web.fields import ReasonField, decision


class AskForm(IdentityFields, FactorField):
    """Ask for another name, number or parent."""

    reason = ReasonField("Why it changes")

    @classmethod
    def of(cls, provider: Provider) -> AskForm:
        """The form, filled with what is stored (or with what was posted)."""
        return cls(obj=provider, organisation_name=provider.name)


class ChangeDecisionForm(FactorField):
    """An officer's decision for one framework."""

    verdict = decision(
        ("accept", "Accept: it is called so here from now on"),
        ("refuse", "Refuse: it keeps its old name here"),
        missing="Choose whether you accept the change.",
    )
    note = ReasonField("What you checked, or why you refuse")
