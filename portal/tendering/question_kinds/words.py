"""Kinds that are answered in words, or with files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.parsing.figures import WORDS, read_whole
from portal.core.parsing.text import require_text, words_in
from portal.core.reading_age import YOUNG, reading_age, sentences_in
from portal.core.words import counted
from portal.tendering.question_kinds.kind import Asked, Control, Kind, Setting, Settings, Shown
from portal.tendering.states import EnvelopeKind, QuestionKind

MOST_WORDS = 5000
WORD_LIMIT = Setting("word_limit", "Word limit", suffix="words")
LEAST_SENTENCES = 2
"""Fewer say nothing about how hard a text is to read."""


class InWords(Kind):
    """Words up to a limit."""

    name = QuestionKind.TEXT
    title = "In words"
    hint = "Up to a number of words that you set."
    settings: ClassVar[tuple[Setting, ...]] = (WORD_LIMIT,)
    control = Control.BOX
    in_words = True

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The word limit."""
        limit = read_whole(typed.get("word_limit"), WORDS, field="word_limit")
        if not 1 <= (limit or 0) <= MOST_WORDS:
            raise InvalidInput(f"Give a word limit from 1 to {MOST_WORDS}.", field="word_limit")
        return {"word_limit": limit}

    def rule(self, settings: Settings) -> str:
        """The limit."""
        return f"Up to {counted(settings['word_limit'], 'word')}" if settings.get("word_limit") else "In words"

    def told(self, settings: Settings) -> str:
        """Nothing: the counter under the box says it."""
        return ""

    def box(self, settings: Settings) -> dict[str, Any]:
        """Several lines, counted."""
        return {"rows": 12, "limit": settings.get("word_limit")}

    def read(self, text: str, asked: Asked) -> str:
        """The text; refused above the limit."""
        limit = asked.settings.get("word_limit")
        over = words_in(text) - limit if limit else 0
        if over > 0:
            raise InvalidInput(f"Shorten your answer to “{asked.prompt}”: it has {counted(over, 'word')} too many.")
        return text

    def write(self, value: str) -> str:
        """As it is."""
        return value

    def show(self, value: str, settings: Settings) -> Shown:
        """The text, with its words counted."""
        limit = settings.get("word_limit")
        return Shown(value, counted(words_in(value), "word") + (f" of up to {limit}" if limit else ""))


class EasyRead(InWords):
    """A summary of the bid that young people read first."""

    name = QuestionKind.EASY_READ
    title = "A summary in easy words"
    hint = "For young people who score: they read it before anything else of the bid. Long words are remarked on."
    read_first = True
    envelope = EnvelopeKind.QUALITY

    def rule(self, settings: Settings) -> str:
        """The limit, and who reads it."""
        return f"{super().rule(settings)}, in words that an {YOUNG}-year-old reads easily. Young people read it first"

    def told(self, settings: Settings) -> str:
        """Who reads it."""
        return f"Use words that an {YOUNG}-year-old reads easily: young people read this first."

    def advice(self, value: str) -> Iterator[str]:
        """That it is hard to read, by the automated readability index."""
        sentences = sentences_in(value.splitlines())
        age = reading_age(sentences) if len(sentences) >= LEAST_SENTENCES else 0
        if age > YOUNG:
            yield f"It reads as for somebody of {age:.0f}, and {YOUNG} is the aim. Use shorter words and sentences."


class PassFail(InWords):
    """Words that officers judge by a published rule, after the opening: passed or failed, no marks."""

    name = QuestionKind.PASS_FAIL
    title = "In words, judged pass or fail"
    hint = "Officers judge it after the opening, by the rule that you publish. It earns no marks."
    settings: ClassVar[tuple[Setting, ...]] = (
        WORD_LIMIT,
        Setting("rule", "What must an answer show to pass?", "Published with the question.", Control.BOX),
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The limit and the rule."""
        rule = require_text(typed.get("rule"), "Say what an answer must show to pass.", field="rule", most=2000)
        return super().read_settings(typed) | {"rule": rule}

    def rule(self, settings: Settings) -> str:
        """The limit and the rule."""
        return f"{super().rule(settings)}. {self.told(settings).rstrip('.')}"

    def is_judged(self, settings: Settings) -> bool:
        """Always."""
        return True

    def brief(self, settings: Settings) -> str:
        """The limit, and that it is judged."""
        return f"{super().rule(settings)}, judged pass or fail"

    def told(self, settings: Settings) -> str:
        """The rule."""
        return f"Officers judge this pass or fail after the opening. To pass: {settings['rule'].rstrip('.')}."


class Files(Kind):
    """Files, with a note."""

    name = QuestionKind.FILES
    title = "With files"
    hint = "Documents, with a note if the bidder wants to add one."
    control = Control.BOX
    missing = "Attach a file for “{prompt}”."
    takes_files = True

    def rule(self, settings: Settings) -> str:
        """Files."""
        return "Files"

    def is_judged(self, settings: Settings) -> bool:
        """Always: whether it is the document that was asked for."""
        return True

    def told(self, settings: Settings) -> str:
        """Nothing: the files have a place of their own."""
        return ""

    def box(self, settings: Settings) -> dict[str, Any]:
        """Room for a note."""
        return {"rows": 3}

    def read(self, text: str, asked: Asked) -> str:
        """The note."""
        return text

    def write(self, value: str) -> str:
        """As it is."""
        return value

    def is_given(self, text: str, files: Sequence[Mapping[str, Any]]) -> bool:
        """With a file; a note alone is none."""
        return bool(files)
