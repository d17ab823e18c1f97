"""Forms about how bids are judged: panels, scales, criteria, price, questions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from portal.core.errors import PortalError
from portal.core.numbers import plain
from portal.frameworks.models import FrameworkCriterion
from portal.tendering.criteria import DoesNotTotal
from portal.tendering.inheriting import parent_of
from portal.tendering.method_rules import LOWEST_PRICE, inputs_of
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.states import Combination, PanelKind
from portal.tendering.tie_breaks import criterion_words
from portal.tendering.tree import CriterionKind, kind_of, walk
from portal.web.fields import (
    ChoiceField,
    FigureField,
    PercentField,
    PickField,
    PoundsField,
    WholeField,
    line,
    page,
)
from portal.web.forms import BaseForm
from tender_scoring.prices import DEFAULT, FORMULAS, Parameter

DIGITS = {"inputmode": "decimal", "autocomplete": "off"}
NOBODY = ""

KIND_WORDS = {
    PanelKind.LOCAL: "Local panel",
    PanelKind.YOUNG_PEOPLE: "Young people’s panel",
    PanelKind.PARENTS: "Parents’ panel",
}
COMBINE_WORDS = {
    Combination.AGREED: "They talk and agree one score",
    Combination.MEAN: "The average of their scores",
    Combination.MEDIAN: "The middle one of their scores",
}


class PanelForm(BaseForm):
    """One panel."""

    name = line("Name of the panel")
    kind = ChoiceField("Who sits on it?", choices=[(kind.value, words) for kind, words in KIND_WORDS.items()])
    combine = ChoiceField(
        "How do the members’ scores become the panel’s score?",
        choices=[(combine.value, words) for combine, words in COMBINE_WORDS.items()],
        default=Combination.AGREED.value,
    )
    quorum = WholeField(
        "Least number of members who must score",
        default=2,
        description="Only for an average or a middle score. One alone is no panel.",
        render_kw=DIGITS,
    )
    counts = ChoiceField(
        "Do its scores count?",
        choices=[("yes", "Yes, they count"), ("no", "No, it is a pilot: its scores are shown and change nothing")],
        default="yes",
    )


class ScaleForm(BaseForm):
    """The range of a scale."""

    minimum = FigureField("Lowest score", default=Decimal(0), render_kw=DIGITS)
    maximum = FigureField("Highest score", default=Decimal(5), render_kw=DIGITS)
    step = FigureField(
        "Step", default=Decimal(1), description="1 gives whole scores, 0.5 gives halves.", render_kw=DIGITS
    )
    normalise = ChoiceField(
        "How does a score become a share of the marks?",
        choices=[
            ("from_zero", "Score divided by the highest score"),
            ("from_minimum", "From the lowest score up: the lowest earns nothing"),
        ],
        default="from_zero",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for every figure."""
        valid: bool = super().validate(extra_validators)
        for field in (self.minimum, self.maximum, self.step):
            if field.data is None and not field.errors:
                field.errors = [*field.errors, "Type a number."]
                valid = False
        return valid


class CriterionForm(BaseForm):
    """One criterion of the tree."""

    title = line("Title")
    kind = ChoiceField(
        "What is it?",
        choices=[
            (CriterionKind.SCORED.value, "A criterion that panels score"),
            (CriterionKind.HEADING.value, "A heading for several criteria"),
        ],
        default=CriterionKind.SCORED.value,
    )
    parent = PickField("Where does it belong?", validate_choice=True)
    guidance = page("What does a good answer show?", description="Bidders and panels see this.")
    plain_title = line("The same in plain words", description="For a young people’s panel, such as “Would we be safe?”")
    makes_precise = PickField(
        "Which criterion of the framework does it make more precise?",
        description="Only for a criterion at the top. What is under another belongs to the same one as that.",
    )
    scale = PickField("Scale")
    minimum = FigureField(
        "Minimum score",
        description="A bid whose score is below this is ruled out. Leave it empty if there is none.",
        render_kw=DIGITS,
    )

    def offer(self, itt: InvitationToTender, headings: list[AwardCriterion]) -> None:
        """Offer the places and scales there are."""
        self.parent.choices = [(NOBODY, "At the top"), *((node.key, f"Under “{node.title}”") for node in headings)]
        self.scale.choices = [(scale.key, f"{scale.key}") for scale in itt.scales]
        offer_framework(self, itt)


def offer_framework(form: BaseForm, itt: InvitationToTender) -> None:
    """Ask which of the framework's criteria a criterion belongs to, in a call-off whose framework has some."""
    framework = parent_of(itt)
    if framework is None or not framework.criteria:
        del form.makes_precise
        return
    form.makes_precise.choices = [
        (NOBODY, "It is under another criterion"),
        *((str(criterion.id), criterion.title) for criterion in framework.criteria),
    ]


def chosen_criterion(form: BaseForm, itt: InvitationToTender) -> FrameworkCriterion | None:
    """The framework's criterion that was chosen, or None."""
    framework = parent_of(itt)
    if framework is None or "makes_precise" not in form:
        return None
    chosen = form.makes_precise.data
    return next((criterion for criterion in framework.criteria if str(criterion.id) == chosen), None)


class FormulaForm(BaseForm):
    """How a price earns its marks: each formula's own parameters are the fields."""

    formula = ChoiceField("Formula", choices=[(formula.name, formula.title) for formula in FORMULAS.values()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for what the chosen formula needs: of a table at least the first row."""
        valid: bool = super().validate(extra_validators)
        for parameter in self._parameters():
            for name in inputs_of(parameter)[: len(parameter.columns) or 1]:
                field = self[name]
                if field.data is None and not field.errors:
                    field.errors = [*field.errors, f"This formula needs the {field.label.text.lower()}."]
                    valid = False
        return valid

    def stated(self) -> dict[str, Any]:
        """The formula in the engine's form."""
        return {"formula": self.formula.data} | {p.key: self._stated(p) for p in self._parameters()}

    @classmethod
    def of(cls, stated: Mapping[str, Any] | None, **also: Any) -> Self:
        """The form with the saved formula, in the engine's form, and what else is saved (or with what was posted)."""
        saved: Mapping[str, Any] = stated or {"formula": DEFAULT.name}
        shown: dict[str, Any] = {"formula": saved["formula"], **also}
        for parameter in FORMULAS[saved["formula"]].parameters:
            figured = saved.get(parameter.key, [])
            figures = [figure for row in figured for figure in row] if parameter.columns else [figured or None]
            shown |= dict(zip(inputs_of(parameter), (f and Decimal(f) for f in figures), strict=False))
        return cls(data=shown)

    def _parameters(self) -> tuple[Parameter, ...]:
        chosen = FORMULAS.get(self.formula.data)
        return chosen.parameters if chosen else ()

    def _stated(self, parameter: Parameter) -> Any:
        figures = [self[name].data for name in inputs_of(parameter)]
        width = len(parameter.columns)
        if not width:
            return plain(figures[0])
        rows = [figures[start : start + width] for start in range(0, len(figures), width)]
        return [[plain(figure or Decimal(0)) for figure in row] for row in rows if row[0] is not None]


class PriceForm(FormulaForm):
    """How the price earns its marks in every lot, and when prices are opened."""

    makes_precise = PickField("Which criterion of the framework does it make more precise?")
    opened = ChoiceField(
        "When are prices opened?",
        choices=[("with_bids", "With the bids"), ("apart", "By themselves, after the panels")],
        description="Either way nobody sees a price before every panel has closed its scores.",
    )


class LotPriceForm(FormulaForm):
    """How the price of one lot earns its marks: as in every lot, or by a formula of its own."""

    own = ChoiceField(
        "Which formula holds in this lot?", choices=[("no", "The one of every lot"), ("yes", "One of its own")]
    )

    def _parameters(self) -> tuple[Parameter, ...]:
        return super()._parameters() if self.own.data == "yes" else ()

    def stated_here(self) -> dict[str, Any] | None:
        """The lot's own formula in the engine's form, or None."""
        return self.stated() if self.own.data == "yes" else None


def _ask_for(parameter: Parameter) -> None:
    for index, name in enumerate(inputs_of(parameter)):
        if parameter.columns:
            row, column = divmod(index, len(parameter.columns))
            label = f"{parameter.label} {row + 1}: {parameter.columns[column].lower()}"
            setattr(FormulaForm, name, PercentField(label, render_kw=DIGITS))
        else:
            setattr(FormulaForm, name, PoundsField(parameter.label, description=parameter.hint, render_kw=DIGITS))


for _parameter in (parameter for formula in FORMULAS.values() for parameter in formula.parameters):
    _ask_for(_parameter)


class TieBreakForm(BaseForm):
    """What decides between bids with the same total, in order."""

    tie_break = PickField("First")
    then = PickField("If that is the same too")
    lastly = PickField("If that is the same as well")

    def offer(self, itt: InvitationToTender) -> None:
        """Offer every criterion but the price, and the lowest price."""
        nothing = [(NOBODY, "Choose")]
        criteria = [node for node, _ in walk(itt) if kind_of(node) is not CriterionKind.PRICE]
        offered = [(node.key, f"Higher marks for {criterion_words(itt, node.key)}") for node in criteria]
        for field in (self.tie_break, self.then, self.lastly):
            field.choices = [*nothing, *offered, (LOWEST_PRICE, "The lower price")]

    @classmethod
    def of(cls, names: list[str]) -> TieBreakForm:
        """The form with the saved order (or with what was posted)."""
        return cls(data=dict(zip(("tie_break", "then", "lastly"), names, strict=False)))

    def names(self) -> list[str]:
        """What was chosen, in order."""
        return [field.data for field in (self.tie_break, self.then, self.lastly) if field.data]


class TotalsForm(BaseForm):
    """The base of the two forms whose figures must total 100: each fault goes beside the field that it names."""

    def refuse(self, refusal: PortalError) -> None:
        """Show every sum that is not 100 where it belongs."""
        if not isinstance(refusal, DoesNotTotal):
            super().refuse(refusal)
            return
        self.refusal = refusal
        for name, message in refusal.faults.items():
            self[name].errors = [*self[name].errors, message]


def figures_form(fields: Mapping[str, tuple[str, Decimal | None]]) -> TotalsForm:
    """Make a form with a figure for each name: (label, saved figure)."""
    form_class = type("FiguresForm", (TotalsForm,), {})
    for name, (label, _) in fields.items():
        setattr(form_class, name, PercentField(label, render_kw=DIGITS))
    form: TotalsForm = form_class(data={name: saved for name, (_, saved) in fields.items()})
    return form


def points_form(points: Mapping[str, tuple[str, Any]]) -> BaseForm:
    """Make a form with label, descriptor and plain words for each point of a scale: (score, saved band)."""
    form_class = type("PointsForm", (BaseForm,), {})
    saved: dict[str, Any] = {}
    for name, (score, band) in points.items():
        setattr(form_class, f"{name}-label", line(f"Label for {score}"))
        setattr(form_class, f"{name}-descriptor", page(f"What {score} means"))
        setattr(form_class, f"{name}-plain", page(f"{score} in plain words"))
        saved |= {f"{name}-label": band.label, f"{name}-descriptor": band.descriptor}
        saved[f"{name}-plain"] = band.plain_words
    form: BaseForm = form_class(data=saved)
    return form
