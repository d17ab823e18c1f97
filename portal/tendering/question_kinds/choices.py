"""Kinds that are answered by choosing: yes or no, one or several of a list, a declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, require_length, require_text
from portal.tendering.question_kinds.kind import Asked, Control, Kind, Setting, Settings, Shown
from portal.tendering.states import QuestionKind

YES, NO = "yes", "no"
ANY = ""
YES_OR_NO = ((YES, "Yes"), (NO, "No"))
MOST_OPTIONS = 30
LONGEST_OPTION = 200
OPTIONS = Setting("options", "What can be chosen?", "One a line.", Control.BOX)


class YesNo(Kind):
    """Yes or no, one of which may rule the bid out."""

    name = QuestionKind.YES_NO
    title = "Yes or no"
    hint = "You can say which of the two a bid must answer."
    control = Control.ONE
    judged_by_rule = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "passes",
            "Which answer passes?",
            "Published with the question. A bid with the other answer fails.",
            Control.ONE,
            options=((ANY, "Either: it is for information"), *YES_OR_NO),
        ),
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The answer that passes."""
        return {"passes": typed["passes"]} if typed.get("passes") in dict(YES_OR_NO) else {}

    def rule(self, settings: Settings) -> str:
        """Which of the two passes."""
        passes = settings.get("passes")
        return f"Yes or no. A bid passes with “{dict(YES_OR_NO)[passes]}”" if passes else self.title

    def told(self, settings: Settings) -> str:
        """Which passes, where one does."""
        return f"{self.rule(settings)}." if settings.get("passes") else ""

    def options(self, settings: Settings) -> Sequence[tuple[str, str]]:
        """Yes and no."""
        return YES_OR_NO

    def is_judged(self, settings: Settings) -> bool:
        """Where one of the two passes."""
        return bool(settings.get("passes"))

    def box(self, settings: Settings) -> dict[str, Any]:
        """Beside each other."""
        return {"inline": True}

    def read(self, text: str, asked: Asked) -> str:
        """One of the two."""
        return _chosen(text, asked)

    def write(self, value: str) -> str:
        """As it is."""
        return value

    def show(self, value: str, settings: Settings) -> Shown:
        """Yes or No."""
        return Shown(dict(YES_OR_NO)[value])

    def why_it_fails(self, value: str, settings: Settings) -> str | None:
        """That the other answer passes."""
        passes = settings.get("passes")
        return f"a bid passes with “{dict(YES_OR_NO)[passes]}”." if passes and value != passes else None


class OneOf(Kind):
    """One of a list."""

    name = QuestionKind.CHOICE
    title = "By choosing one of a list"
    hint = "You give the list."
    control = Control.ONE
    settings: ClassVar[tuple[Setting, ...]] = (OPTIONS,)

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The options: at least two, each once."""
        lines = [one_line(line) for line in (typed.get("options") or "").splitlines()]
        options = [require_length(line, LONGEST_OPTION, field="options") for line in lines if line]
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise InvalidInput(f"Give between 2 and {MOST_OPTIONS} answers, one a line.", field="options")
        twice = next((option for option in options if options.count(option) > 1), None)
        if twice is not None:
            raise InvalidInput(f"“{twice}” is in the list twice.", field="options")
        return {"options": options}

    def typed_settings(self, settings: Settings) -> dict[str, str]:
        """One a line."""
        return {"options": "\n".join(settings.get("options", ()))}

    def rule(self, settings: Settings) -> str:
        """Which there are."""
        return f"One of: {'; '.join(settings['options'])}"

    def told(self, settings: Settings) -> str:
        """Nothing: they can be seen."""
        return ""

    def options(self, settings: Settings) -> Sequence[tuple[str, str]]:
        """Each is its own value."""
        return [(option, option) for option in settings["options"]]

    def read(self, text: str, asked: Asked) -> str:
        """One of them."""
        return _chosen(text, asked)

    def write(self, value: str) -> str:
        """As it is."""
        return value


class SeveralOf(OneOf):
    """Any number of a list; stored one a line."""

    name = QuestionKind.CHOICES
    title = "By choosing several of a list"
    hint = "You give the list; any number can be chosen."
    control = Control.SEVERAL

    def rule(self, settings: Settings) -> str:
        """Which there are."""
        return f"Any of: {'; '.join(settings['options'])}"

    def read(self, text: str, asked: Asked) -> Any:
        """Those that were chosen, in the order of the list."""
        chosen = {_chosen(line, asked) for line in text.splitlines()}
        return tuple(option for option in asked.settings["options"] if option in chosen)

    def write(self, value: Sequence[str]) -> str:
        """One a line, in one order, so that the same choice is the same text."""
        return "\n".join(sorted(value))

    def show(self, value: Sequence[str], settings: Settings) -> Shown:
        """One a line, in the order of the list."""
        return Shown("\n".join(value))


class Declaration(Kind):
    """A sentence that the bidder confirms."""

    name = QuestionKind.DECLARATION
    title = "By confirming a declaration"
    hint = "You give the sentence; the bidder ticks it."
    control = Control.SEVERAL
    judged_by_rule = True
    missing = "Confirm “{prompt}”."
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("statement", "What is declared?", "Such as: We have not agreed our price with anybody.", Control.BOX),
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The sentence."""
        ask = "Write what the bidder declares."
        return {"statement": require_text(typed.get("statement"), ask, field="statement", most=2000)}

    def rule(self, settings: Settings) -> str:
        """The sentence."""
        return f"To be confirmed: {settings['statement'].rstrip('.')}"

    def is_judged(self, settings: Settings) -> bool:
        """Always: whoever does not declare it cannot be awarded the contract."""
        return True

    def told(self, settings: Settings) -> str:
        """Nothing: it stands beside its box."""
        return ""

    def options(self, settings: Settings) -> Sequence[tuple[str, str]]:
        """One box to tick."""
        return ((YES, settings["statement"]),)

    def read(self, text: str, asked: Asked) -> str:
        """That it was ticked."""
        return _chosen(text, asked)

    def write(self, value: str) -> str:
        """As it is."""
        return value

    def show(self, value: str, settings: Settings) -> Shown:
        """The sentence itself."""
        return Shown(settings["statement"], "Confirmed")


def _chosen(text: str, asked: Asked) -> str:
    if text not in dict(asked.options):
        raise InvalidInput(f"Choose an answer to “{asked.prompt}”.")
    return text
