"""A kind for what a bidder must be able to do, or have, to take part at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.parsing.text import require_text
from portal.tendering.question_kinds.kind import Control, Setting, Settings
from portal.tendering.question_kinds.words import WORD_LIMIT, InWords
from portal.tendering.states import EnvelopeKind, QuestionKind

LONGEST = 2000
ABOUT = (
    ("technical", "Technical ability: experience, people, equipment"),
    ("financial", "Financial capacity: what a bidder earns and can bear"),
    ("legal", "Legal capacity: a registration or licence"),
)
"""What a condition may be about (PA2023 s.22(1); PCR2015 reg 58(1)), as notices tell it too."""
PARTS = {
    "meets": "Say what a bidder must be able to do, or have.",
    "evidence": "Say what shows it.",
    "needed": "Say why this contract needs it.",
}


class Condition(InWords):
    """A condition of participation (PA2023 s.22; PCR2015 reg 58): the bidder confirms and shows that it meets it.

    It is about the bidder, never about how good its bid is, and a bid without an answer is not submitted. Why the
    contract needs it is published beside it: a condition is a proportionate means, or it is none.
    """

    name = QuestionKind.CONDITION
    title = "By showing that they meet a condition of participation"
    hint = "What a bidder must be able to do, or have, to take part at all. Officers judge it pass or fail."
    envelope = EnvelopeKind.COMPLIANCE
    is_condition = True
    takes_files = True
    missing = "Say how you meet the condition “{prompt}”."
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "about", "What is the condition about?", "Published, and told in the notice.", Control.ONE, options=ABOUT
        ),
        Setting(
            "meets",
            "What must a bidder be able to do, or have?",
            "As bidders read it. Insurance and the like: that they will have it by the start of the contract.",
            Control.BOX,
        ),
        Setting(
            "evidence",
            "What shows it?",
            "Whatever shows the same is taken, too: the page says so. Audited accounts cannot be asked of everybody.",
            Control.BOX,
        ),
        Setting(
            "needed", "Why does this contract need it?", "Published: no more than what is bought needs.", Control.BOX
        ),
        WORD_LIMIT,
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """What it is about, the condition, what shows it, why it is needed, and the limit."""
        about = typed.get("about")
        if about not in dict(ABOUT):
            raise InvalidInput("Say what the condition is about.", field="about")
        read = {"about": about} | {
            name: require_text(typed.get(name), ask, field=name, most=LONGEST) for name, ask in PARTS.items()
        }
        return super().read_settings(typed) | read

    def rule(self, settings: Settings) -> str:
        """What it is about, the condition, what shows it, and the limit."""
        about = self.about(settings)
        return f"{about}{'. ' if about else ''}{self.told(settings)} {super().rule(settings)}, and files"

    def about(self, settings: Settings) -> str:
        """What it is about in words; empty where it was written before that was asked."""
        return dict(ABOUT).get(settings.get("about", ""), "")

    def brief(self, settings: Settings) -> str:
        """That it is a condition."""
        return "A condition of participation"

    def told(self, settings: Settings) -> str:
        """What is confirmed by answering, and how it is shown."""
        return (
            f"By answering you confirm that you meet this: {_ended(settings['meets'])} "
            f"Show it with this, or with anything else that shows the same: {_ended(settings['evidence'])} "
            "Officers judge it pass or fail; a bid that fails is out."
        )

    def is_judged(self, settings: Settings) -> bool:
        """Always."""
        return True

    def is_given(self, text: str, files: Sequence[Mapping[str, Any]]) -> bool:
        """In words: a file alone does not say that, and by whom, the condition is met."""
        return bool(text)


def _ended(said: str) -> str:
    return f"{said.rstrip('. ')}."
