"""A young person's way from the card to the thank you."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tests.journeys.people import Person, sees

PIN = "2468"


def sit(person: Person, code: str, alias: str, providers: Iterable[str], points: Callable[[Person], int]) -> None:
    """Card, PIN, consent, declaration, one question a screen, and no name of a provider once the questions begin."""
    person.visit("/sitting")
    person.press("Start", code=code)
    person.press("Start", pin=PIN, again=PIN)
    sees(person, "Before you start", "Which adult is with you today?")
    person.press("Go on", agrees="y", supporter="facilitator")
    sees(person, f"Hello, {alias}!", "40 of the 100 points")
    person.follow("Start")
    names = re.findall(r'name="(interest-[0-9a-f-]{36})"', person.html)
    person.press("Go on", **dict.fromkeys(names, "no"))
    for number in range(1, 7):
        sees(person, f"Question {number} of 6")
        for name in providers:
            if number > 1:
                assert f">{name}<" not in person.html
        person.press("Save and go on", score=str(points(person)), reason="I could picture it.")
    person.press("Finish")
    sees(person, "You did it. Thank you!")
