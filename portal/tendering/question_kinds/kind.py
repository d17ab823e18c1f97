"""What a kind of question is: one object that every page and every rule asks, so that none of them knows the kinds.

An answer is stored as text, whatever its kind: as the kind writes what it has read, and as it was typed where it cannot
be read yet (docs/decisions/0024-question-kinds.md).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.parsing.text import tidy
from portal.tendering.states import EnvelopeKind, QuestionKind

Settings = Mapping[str, Any]
"""What is stored about one question beside its words, as JSON: each kind says which."""


HIGHEST_PRICE = Decimal("999999999999.99")
"""Pounds: what the column for a bid's price holds."""


class Control(StrEnum):
    """What is typed into, or chosen from; the web layer makes a field of each."""

    BOX = "box"
    LINE = "line"
    ONE = "one"
    SEVERAL = "several"
    DAY = "day"


@dataclass(frozen=True)
class Setting:
    """What an officer says about a question of one kind, beside its words."""

    name: str
    label: str
    hint: str = ""
    control: Control = Control.LINE
    suffix: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """Value and words of each, where one is chosen; the first is chosen already."""
    lines: int = 4
    """How high a box is."""

    @property
    def is_line(self) -> bool:
        """Whether it is typed into one line."""
        return self.control is Control.LINE


@dataclass(frozen=True)
class Table:
    """Lines under their headings; what stands in the first column names the line."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """An answer as people read it: nothing, a text, what is said about it, and what it was worked out from."""

    text: str = ""
    note: str = ""
    table: Table | None = None


@dataclass(frozen=True)
class Remark:
    """What a bidder should know about what it says before it submits: no gap, the bid can be submitted all the same."""

    key: str
    message: str
    rules_out: bool = False
    """Whether the bid fails by a published rule."""

    @property
    def title(self) -> str:
        """What stands above it, where something does."""
        return "This would rule your bid out" if self.rules_out else ""

    @property
    def said(self) -> str:
        """All of it in one sentence after another."""
        return f"{self.title}. {self.message}" if self.title else self.message


@dataclass(frozen=True)
class Asked:
    """A question as bidders are asked it."""

    key: str
    prompt: str
    kind: Kind
    guidance: str = ""
    settings: Settings = field(default_factory=dict)
    required: bool = True
    envelope: EnvelopeKind = EnvelopeKind.QUALITY

    @property
    def rule(self) -> str:
        """What of an answer is published with the question, in a sentence or two."""
        return self.kind.rule(self.settings)

    @property
    def brief(self) -> str:
        """The rule in a few words, for a list."""
        return self.kind.brief(self.settings)

    @property
    def published(self) -> Table | None:
        """What is published with the question as a table, where its kind has one that fits a page."""
        return self.kind.published(self.settings)

    @property
    def hint(self) -> str:
        """What stands above the box: the help, what the box does not say itself, whether it must be answered."""
        optional = "" if self.required else "You do not have to answer this."
        return " ".join(part for part in (self.guidance, self.kind.told(self.settings), optional) if part)

    @property
    def most_words(self) -> int:
        """How many words an answer takes at most; 0 where none are asked for."""
        return int(self.settings.get("word_limit") or 0)

    @property
    def box(self) -> dict[str, Any]:
        """How the box for the answer looks: what the field's macro takes."""
        return self.kind.box(self.settings)

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        """Value and words of each answer that can be chosen; none where it is written."""
        return self.kind.options(self.settings)

    def stored(self, typed: str) -> str:
        """What is stored of what was typed: as the kind writes it, or as it was typed where it cannot be read."""
        text = tidy(typed)
        try:
            value = self.kind.read(text, self) if text else None
        except InvalidInput:
            return text
        return text if value is None else self.kind.write(value)

    def fault(self, answers: Mapping[str, str]) -> str | None:
        """What is wrong with an answer that was given; None for none, and where nothing was given."""
        text = answers.get(self.key, "")
        try:
            if text:
                self.kind.read(text, self)
        except InvalidInput as wrong:
            return wrong.message
        return None

    @property
    def is_judged(self) -> bool:
        """Whether officers judge every answer to it pass or fail, after the opening."""
        return self.envelope is EnvelopeKind.COMPLIANCE and self.kind.is_judged(self.settings)

    def meets_its_rule(self, answers: Mapping[str, str]) -> bool:
        """Whether the published rule alone says that the answers pass; never where somebody has to read them."""
        if not self.is_judged or not self.kind.judged_by_rule:
            return False
        text = answers.get(self.key, "")
        if not text:
            return not self.required
        return self.fault(answers) is None and not self.kind.why_it_fails(self.kind.read(text, self), self.settings)

    @cached_property
    def parts(self) -> Sequence[Asked]:
        """What is typed, each into a box of its own: most questions are their only part."""
        return self.kind.parts(self)

    def gaps(self, answers: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What keeps a bid with these answers, and these files for the question, from being submitted."""
        return self.kind.gaps(self, answers, files)

    def remarks(self, answers: Mapping[str, str]) -> list[Remark]:
        """What the bidder should know about the answer before submitting; nothing of one that is missing or wrong."""
        text = answers.get(self.key, "")
        if not text or self.fault(answers) is not None:
            return []
        value = self.kind.read(text, self)
        fails = self.kind.why_it_fails(value, self.settings)
        said = [Remark(self.key, f"“{self.prompt}”: {fails}", rules_out=True)] if fails else []
        return said + [Remark(self.key, f"“{self.prompt}”: {each}") for each in self.kind.advice(value)]

    def shown(self, answers: Mapping[str, str]) -> Shown:
        """The answer as people read it; one that cannot be read as it was typed."""
        return self.kind.shown(self, answers)

    def is_answered(self, answers: Mapping[str, str]) -> bool:
        """Whether anything was typed into any of its parts."""
        return any(answers.get(part.key) for part in self.parts)


class Kind(ABC):
    """One kind of question: what it says of itself serves drafting, answering, sealing, opening and scoring."""

    name: ClassVar[QuestionKind]
    title: ClassVar[str]
    hint: ClassVar[str]
    """What officers read beside the title when they choose."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    control: ClassVar[Control] = Control.LINE
    missing: ClassVar[str] = "Answer “{prompt}”."
    takes_files: ClassVar[bool] = False
    in_words: ClassVar[bool] = False
    """Whether panels read sentences."""
    read_first: ClassVar[bool] = False
    """Whether young people read it before anything else of the bid."""
    sets_price: ClassVar[bool] = False
    """Whether the price of the bid is worked out from the answer."""
    is_condition: ClassVar[bool] = False
    """Whether it says who may take part at all: listed by itself, and never left out."""
    judged_by_rule: ClassVar[bool] = False
    """Whether what is published with the question says by itself which answers pass."""
    envelope: ClassVar[EnvelopeKind | None] = None
    """The envelope that the answer always goes into; None where whoever judges it decides."""

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """Read what an officer typed about the question; raises `InvalidInput` beside the setting's name."""
        return {}

    def typed_settings(self, settings: Settings) -> dict[str, str]:
        """What is stored, as the officer's page shows it."""
        return {each.name: str(settings.get(each.name) or "") for each in self.settings}

    def rule(self, settings: Settings) -> str:
        """What of an answer is published with the question."""
        return self.title

    def brief(self, settings: Settings) -> str:
        """What of an answer is published, in a few words."""
        return self.rule(settings)

    def published(self, settings: Settings) -> Table | None:
        """What is published with the question as a table; None where there is none, or it is too long for a page."""
        return None

    def told(self, settings: Settings) -> str:
        """What of the rule is said above the box, in sentences; nothing where the box says it."""
        return f"{self.rule(settings)}."

    def box(self, settings: Settings) -> dict[str, Any]:
        """How the box for the answer looks: what the macro that draws fields takes."""
        return {}

    def options(self, settings: Settings) -> Sequence[tuple[str, str]]:
        """Value and words of each answer that can be chosen."""
        return ()

    def is_judged(self, settings: Settings) -> bool:
        """Whether an answer for officers passes or fails; else it is for information."""
        return False

    def parts(self, asked: Asked) -> Sequence[Asked]:
        """What is typed by itself, each part as a question whose key begins with the question's."""
        return [asked]

    def gaps(self, asked: Asked, answers: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What keeps a bid from being submitted: a fault, or that nothing was answered."""
        fault = asked.fault(answers)
        if fault is not None:
            yield fault if asked.prompt in fault else f"Answer “{asked.prompt}” again. {fault}"
        elif asked.required and not self.is_given(answers.get(asked.key, ""), files):
            yield self.missing.format(prompt=asked.prompt)

    def shown(self, asked: Asked, answers: Mapping[str, str]) -> Shown:
        """The answer as people read it; one that cannot be read as it was typed."""
        text = answers.get(asked.key, "")
        if not text or asked.fault(answers) is not None:
            return Shown(text)
        return self.show(self.read(text, asked), asked.settings)

    def price(self, asked: Asked, answers: Mapping[str, str]) -> str | None:
        """The price that the answer comes to, as a bid holds it; None for none, and of a kind that sets none."""
        return None

    @abstractmethod
    def read(self, text: str, asked: Asked) -> Any:
        """Read a text that is not empty; raises `InvalidInput` in the user's words for one that cannot be read."""

    @abstractmethod
    def write(self, value: Any) -> str:
        """A value as it is stored: `read` gives the same value again."""

    def show(self, value: Any, settings: Settings) -> Shown:
        """A value as people read it."""
        return Shown(self.write(value))

    def is_given(self, text: str, files: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the question is answered at all."""
        return bool(text)

    def why_it_fails(self, value: Any, settings: Settings) -> str | None:
        """What the published rule says against the answer; None where it passes, or nothing is published."""
        return None

    def advice(self, value: Any) -> Iterator[str]:
        """What could be better about the answer."""
        yield from ()
