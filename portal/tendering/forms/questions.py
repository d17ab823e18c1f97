"""Forms about the questions to bidders: how they are answered, then what that kind of question needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField
from wtforms.validators import NoneOf

from portal.tendering.forms.answer_fields import field_for
from portal.tendering.models import AwardCriterion, Question
from portal.tendering.question_kinds.kind import Kind
from portal.tendering.question_kinds.registry import KINDS
from portal.web.editing import field_text
from portal.web.fields import ChoiceField, PickField, page
from portal.web.forms import BaseForm

NOT_SCORED, NOT_CHOSEN = "", "-"
HINTS = {kind.value: each.hint for kind, each in KINDS.items()}


class KindForm(BaseForm):
    """How bidders answer."""

    kind = ChoiceField("How do bidders answer?", choices=[(kind.value, each.title) for kind, each in KINDS.items()])


class QuestionForm(BaseForm):
    """One question to bidders, and what its kind needs."""

    prompt = page("Question")
    guidance = page("Help for bidders", description="What to cover, and who reads the answer.")
    criterion = PickField(
        "Who judges the answer?",
        description="A panel scores it under a criterion. What no panel scores is checked by officers as soon as the "
        "bids are open, and panels do not see it.",
        validators=[NoneOf([NOT_CHOSEN], "Say who judges the answer.")],
        default=NOT_CHOSEN,
    )
    required = BooleanField("Every bid must answer this", default=True)

    kind: Kind

    @property
    def settings(self) -> dict[str, str]:
        """What the kind needs, as it was typed."""
        return {each.name: field_text(self[each.name]) for each in self.kind.settings}


def question_form(kind: Kind, criteria: Sequence[AwardCriterion], question: Question | None = None) -> QuestionForm:
    """Make the form for a question of a kind, offering the criteria that panels score, and officers."""
    fields: dict[str, Any] = {
        each.name: field_for(each.control, each.label, description=each.hint, options=each.options)
        for each in kind.settings
    }
    form: QuestionForm = type("QuestionForm", (QuestionForm,), {**fields, "kind": kind})(data=_stored(kind, question))
    if kind.sets_price or kind.is_condition:
        # No panel scores it, and no bid can do without it.
        del form.criterion, form.required
        if kind.is_condition:
            form.prompt.label.text = "The condition in a few words"
        return form
    form.criterion.choices = [(NOT_CHOSEN, "Choose one"), *((node.key, node.title) for node in criteria)]
    form.criterion.choices += [(NOT_SCORED, "No panel: officers check it")]
    return form


def _stored(kind: Kind, question: Question | None) -> dict[str, Any] | None:
    if question is None:
        return None
    same = question.asked.kind is kind
    return {
        "prompt": question.prompt,
        "guidance": question.guidance,
        "criterion": question.criterion.key if question.criterion else NOT_SCORED,
        "required": question.required,
        **kind.typed_settings(question.settings if same else {}),
    }
