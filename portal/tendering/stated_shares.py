"""Shares of the marks that the words of an invitation state, beside what weights and shares give.

Words are read only where they can mean one thing; whatever disagrees is a warning, for both may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from portal.core.spelled import spelled
from portal.core.words import marks
from portal.tendering.alike import Alike, alike_lots
from portal.tendering.models import InvitationToTender, Lot, Panel
from portal.tendering.states import PanelKind
from portal.tendering.weighing import HUNDRED

KIND_WORDS: Mapping[PanelKind, str] = {
    PanelKind.YOUNG_PEOPLE: r"(?:children and )?young people(?:['’]s panels?)?",
    PanelKind.PARENTS: r"parents(?:(?: and|/) ?carers)?(?:['’] panels?)?",
    PanelKind.LOCAL: r"local panels?",
}
"""What descriptions call a panel of each kind, whatever its name is."""
PRICE_WORDS, QUALITY_WORDS = r"(?:price|cost)", r"quality"

SPELLED = {spelled(number): number for number in range(1, 101)}
_WORDS = "|".join(sorted(SPELLED, key=len, reverse=True))
NUMBER = rf"(?<![\d.,–-])(?P<number>\d{{1,3}}(?:\.\d+)?|\b(?:{_WORDS}))"
_OF_MARKS = r"(?:out )?of (?:the |every |all )?(?:100 |hundred )?(?:total )?marks\b"
UNIT = (
    rf"(?:\s*%|\s+per\s?cent\b|(?=\s+{_OF_MARKS})|\s+marks\b|\s+of them\b)(?:\s+{_OF_MARKS}|\s+of the total\b)?"
    r"(?!\s+(?:of|or more|or less)\b)"
)
"""A percentage, or marks, of the whole; "40% of the quality marks" is a share of something else, and is not read."""
GIVES = r"(?:(?:will|shall) )?(?:give|award|have|decide|carry|get|make up|weigh|count for|(?:is|are|be)(?: worth)?)s?"
_HEDGED = re.compile(
    r"\b(?:at least|at most|up to|more than|less than|about|around|nearly|over|under)\s+$", re.IGNORECASE
)


@dataclass(frozen=True)
class Subject:
    """Somebody, or something, that gives marks: how texts call it, and the marks out of 100 that it gives."""

    pattern: str
    given: Fraction

    def claims(self, text: str) -> Iterator[re.Match[str]]:
        """Where a text states its share: "parents give 10%", "price: 20%", "20 per cent for price"."""
        name = rf"(?<!\w){self.pattern}(?!\w)"
        after = rf"{name}(?:\s+{GIVES}\s+|\s*[:(–-]\s*|\s+){NUMBER}{UNIT}"
        before = rf"{NUMBER}{UNIT}\s+(?:(?:come|go|is|are|given) ?s?\s*)?(?:(?:for|from|by|to|on)\s+)?(?:the\s+)?{name}"
        for form in (after, before):
            for found in re.finditer(form, text, re.IGNORECASE):
                if not _HEDGED.search(text[: found.start("number")]):
                    yield found


@dataclass(frozen=True)
class Disagreement:
    """A text that states one share where weights and shares give another."""

    where: str
    words: str
    stated: Fraction
    given: Fraction
    of_quality: Fraction | None
    """What is given, in per cent of the marks that panels give; None for the price and the whole."""
    in_lots: str = ""
    """Behind the figure that is given, where lots are judged in more than one way: " in lot 2"."""

    @property
    def sentence(self) -> str:
        """The warning."""
        sentence = (
            f"{self.where} says “{self.words}”. By the weights and shares it is {marks(self.given)} of the 100 marks"
            f"{self.in_lots}"
        )
        if self.stated == self.of_quality:
            return (
                f"{sentence}: {marks(self.stated)}% of what panels give, which is another method. Say which you mean."
            )
        return f"{sentence}. Correct whichever of the two is wrong."


def disagreements(itt: InvitationToTender) -> Iterator[Disagreement]:
    """Compare what the description and the lots say with what every panel, the quality and the price give.

    A number that two subjects claim ("70% quality 30% price") is not read for either.
    """
    for alike in alike_lots(itt):
        yield from _disagreements(itt, alike)


def _disagreements(itt: InvitationToTender, alike: Alike) -> Iterator[Disagreement]:
    parts = alike.weights.parts
    if not parts:
        return
    quality = sum((part.value for part in parts if part.panel is not None), Fraction(0))
    price = sum((part.value for part in parts if part.panel is None), Fraction(0))
    panels = _panels(itt, {part.panel.id: part.value for part in parts if part.panel is not None})
    subjects = [*panels, Subject(QUALITY_WORDS, quality), Subject(PRICE_WORDS, price)]
    for where, text in texts_of(itt, alike.lots):
        claims: dict[int, list[tuple[Subject, re.Match[str]]]] = {}
        for subject in subjects:
            for found in subject.claims(text):
                claims.setdefault(found.start("number"), []).append((subject, found))
        for rivals in (claims[place] for place in sorted(claims)):
            [(subject, found), *others] = rivals
            stated = _read(found["number"])
            if any(other is not subject for other, _ in others) or stated == subject.given or stated > HUNDRED:
                continue
            share = subject.given * HUNDRED / quality if subject in panels and quality else None
            yield Disagreement(where, " ".join(found[0].split()), stated, subject.given, share, alike.where)


def _panels(itt: InvitationToTender, given: Mapping[object, Fraction]) -> list[Subject]:
    """Each panel by its name, and each kind by what people call it, unless a single panel of the kind is both."""
    subjects = []
    for kind, words in KIND_WORDS.items():
        of_kind = [panel for panel in itt.panels if panel.kind is kind]
        total = sum((given[panel.id] for panel in of_kind if panel.counts), Fraction(0))
        if len(of_kind) == 1:
            words = f"(?:{words}|{_named(of_kind[0])})"
        else:
            subjects += [Subject(_named(panel), given[panel.id]) for panel in of_kind]
        subjects.append(Subject(words, total))
    return subjects


def _named(panel: Panel) -> str:
    return re.sub("['’]", "['’]", re.escape(panel.name))


def texts_of(itt: InvitationToTender, lots: Iterable[Lot]) -> Iterator[tuple[str, str]]:
    """What bidders for some lots read in an officer’s own words about the whole and them: where it stands, the text."""
    yield "The description", itt.description
    for lot in lots:
        yield f"The description of lot {lot.number}", lot.description


def _read(number: str) -> Fraction:
    return Fraction(SPELLED.get(number.lower(), number))
