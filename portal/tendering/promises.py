"""What was promised to young people: no mark of theirs falls to somebody else, whatever the shares say."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from fractions import Fraction

from portal.tendering.alike import alike_lots
from portal.tendering.inheriting import parent_of, root_of
from portal.tendering.models import InvitationToTender
from portal.tendering.stated_shares import Disagreement, texts_of
from portal.tendering.states import PanelKind
from portal.tendering.tree import CriterionKind, kind_of

STATED = re.compile(
    r"\byoung people(?:[’']s panel)?\s+(?:give|award|have|decide)\s+(\d{1,3}(?:\.\d+)?)"
    r"\s*(?:%|per cent|of (?:the |every |all )?(?:100 )?marks)",
    re.IGNORECASE,
)
"""A share of the marks as descriptions state it: "Young people give 40 of the 100 marks"."""


def promise_faults(itt: InvitationToTender) -> Iterator[str]:
    """Say where marks that the framework or the published text promises to young people would fall to others."""
    young = {panel.id for panel in itt.panels if panel.kind is PanelKind.YOUNG_PEOPLE and panel.counts}
    yield from _criteria(itt, young)
    yield from _stated(itt, young)


def breaks_promise(found: Disagreement) -> bool:
    """Whether a text that disagrees with the shares is refused as a promise, so that nothing need warn of it too."""
    return found.stated > found.given and STATED.search(found.words) is not None


def _criteria(itt: InvitationToTender, young: set[uuid.UUID]) -> Iterator[str]:
    framework = parent_of(itt)
    promised = {criterion.id for criterion in framework.criteria if criterion.by_young_people} if framework else set()
    for node in itt.criteria:
        if root_of(itt, node).framework_criterion_id not in promised:
            continue
        others = [share.panel.name for share in node.shares if share.share > 0 and share.panel_id not in young]
        if kind_of(node) is CriterionKind.PRICE:
            others = ["the price"]
        if others:
            yield (
                f"The framework promises that young people score “{node.title}”, and {' and '.join(others)} would. "
                "Give it to a young people’s panel alone, under “Which panel scores what”; if there is none, add one "
                "under “Panels”."
            )


def _stated(itt: InvitationToTender, young: set[uuid.UUID]) -> Iterator[str]:
    framework = parent_of(itt)
    for alike in alike_lots(itt):
        texts = dict(texts_of(itt, alike.lots))
        if framework is not None:
            texts["The framework’s description"] = framework.description
        parts = alike.weights.parts
        given = sum((part.value for part in parts if part.panel is not None and part.panel.id in young), Fraction(0))
        for where, text in texts.items():
            for stated in STATED.finditer(text):
                if Fraction(stated[1]) > given:
                    yield (
                        f"{where} says that young people give {stated[1]} of the 100 marks. By the weights and shares "
                        f"they give {float(given):g}{alike.where}. Give them what was promised, or correct the text."
                    )
