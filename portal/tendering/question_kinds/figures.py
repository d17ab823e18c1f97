"""Kinds that are answered with a figure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.parsing.figures import POUNDS, Unit, read_figure
from portal.core.parsing.text import one_line, require_length
from portal.tendering.question_kinds.kind import Asked, Control, Kind, Setting, Settings, Shown
from portal.tendering.states import QuestionKind

PLACES = (("0", "Whole numbers only"), ("2", "Up to 2 decimal places"), ("4", "Up to 4 decimal places"))


class Figure(Kind):
    """A figure between the least and the most that can be given, where there are such."""

    @abstractmethod
    def unit(self, settings: Settings) -> Unit:
        """What it is a figure of."""

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The least and the most."""
        unit = self.unit(typed)
        least, most = (read_figure(typed.get(name), unit, field=name) for name in ("least", "most"))
        if least is not None and most is not None and most < least:
            raise InvalidInput("The most that can be given is less than the least.", field="most")
        return {name: plain(figure) for name, figure in (("least", least), ("most", most)) if figure is not None}

    def rule(self, settings: Settings) -> str:
        """Between which figures."""
        named = ("least", "most")
        unit = self.unit(settings)
        least, most = (unit.write(Decimal(settings[name])) if name in settings else "" for name in named)
        if least and most:
            return f"{self.what(settings)} from {least} to {most}"
        return self.what(settings) + (f" of at least {least}" if least else f" of at most {most}" if most else "")

    @abstractmethod
    def what(self, settings: Settings) -> str:
        """What is asked for."""

    def read(self, text: str, asked: Asked) -> Decimal | None:
        """The figure; refused outside of what can be given."""
        figure = read_figure(text, self.unit(asked.settings))
        if figure is None:
            return None
        least, most = (asked.settings.get(name) for name in ("least", "most"))
        if figure < Decimal(least or 0):
            raise InvalidInput(f"It must be at least {self._in_words(least or '0', asked.settings)}.")
        if most is not None and figure > Decimal(most):
            raise InvalidInput(f"It must be at most {self._in_words(most, asked.settings)}.")
        return figure

    def write(self, value: Decimal) -> str:
        """Without superfluous zeros."""
        return plain(value)

    def show(self, value: Decimal, settings: Settings) -> Shown:
        """With its unit."""
        return Shown(self._in_words(plain(value), settings))

    def _in_words(self, figure: str, settings: Settings) -> str:
        unit = self.unit(settings)
        written = unit.write(Decimal(figure))
        return f"{written} {unit.after}" if len(unit.after) > 1 else written


class Number(Figure):
    """A number of something."""

    name = QuestionKind.NUMBER
    title = "With a number"
    hint = "Of places, hours, people: you say of what, and how many there can be."
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("unit", "A number of what?", "In the plural, such as places or hours a week. Leave it empty for none."),
        Setting("places", "How fine?", control=Control.ONE, options=PLACES),
        Setting("least", "Least that can be given", "Leave it empty for 0."),
        Setting("most", "Most that can be given", "Leave it empty if there is none."),
    )

    def unit(self, settings: Settings) -> Unit:
        """What the officer said."""
        places, of = int(settings.get("places") or 0), one_line(settings.get("unit"))
        example = "Type a number, such as 40 or 12.5." if places else "Type a whole number, such as 30."
        return Unit(example, after=of if len(of) > 1 else "", places=places)

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The unit, the places, the least and the most."""
        unit = require_length(one_line(typed.get("unit")), 40, field="unit")
        places = typed["places"] if typed.get("places") in dict(PLACES) else PLACES[0][0]
        own = {"unit": unit, "places": places}
        return own | super().read_settings({**typed, **own})

    def what(self, settings: Settings) -> str:
        """A number, of what, how fine."""
        whole = "A whole number" if str(settings.get("places") or 0) == "0" else "A number"
        return f"{whole} of {settings['unit']}" if settings.get("unit") else whole

    def box(self, settings: Settings) -> dict[str, Any]:
        """A short box before the unit."""
        return {"width": 10, "suffix": settings.get("unit") or None}


class Money(Figure):
    """An amount in pounds that is not the price."""

    name = QuestionKind.MONEY
    title = "With an amount of money"
    hint = "In pounds and pence. The price itself is asked by itself: panels read this one."
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("least", "Least that can be given", "In pounds. Leave it empty for none."),
        Setting("most", "Most that can be given", "In pounds. Leave it empty if there is none."),
    )

    def unit(self, settings: Settings) -> Unit:
        """Pounds."""
        return POUNDS

    def what(self, settings: Settings) -> str:
        """An amount."""
        return "An amount in pounds"

    def box(self, settings: Settings) -> dict[str, Any]:
        """A short box after the pound sign."""
        return {"width": 10, "prefix": "£"}
