"""Made-up answers on which young people practise, with what others usually think of each and why.

Nobody's marks: what is picked here is stored nowhere, and no words are asked for, so none would have to be looked
through.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.core.errors import NotFound
from portal.evaluation.published_method import Point
from portal.tendering.starting_points import BANDS

ASKED = "How will young people help to run the service?"
POINTS = tuple(Point(Decimal(score), label, descriptor, plain) for score, label, descriptor, plain in BANDS)


@dataclass(frozen=True)
class MadeUp:
    """A made-up organisation: what it says, which faces most people pick, and why."""

    name: str
    says: str
    usual: tuple[int, int]
    """The lowest and the highest face that is usually picked."""
    why: str
    in_own_words: tuple[str, ...]
    """Reasons as young people write them."""

    def agrees_with(self, picked: int) -> bool:
        """Whether a pick is among the usual ones; no pick is wrong."""
        return self.usual[0] <= picked <= self.usual[1]


MADE_UP = (
    MadeUp(
        "Made-up Moon Club",
        "We know what young people need. Our staff have worked with them for twenty years, and they make very good "
        "plans for everybody.",
        (0, 1),
        "It sounds nice, but it does not answer the question. Nobody asks young people anything.",
        ("They only talk about their staff.", "They did not say how we could help."),
    ),
    MadeUp(
        "Made-up Bridge Street",
        "Once a term we put out a box for ideas. A worker reads them all, and the manager picks the best ones.",
        (2, 3),
        "Young people can say something. But it is only once a term, and an adult decides what happens.",
        ("A box is OK, but I would want an answer.", "They listen a bit. They do not let us choose."),
    ),
    MadeUp(
        "Made-up Lantern House",
        "Six young people sit on our board, and they vote. Last year they moved our hours to after school and chose "
        "our new youth worker. We pay for their bus, and we eat together first.",
        (4, 5),
        "They say who decides, and they show what changed because of it. You could check it.",
        ("Young people really voted on things.", "They thought of the bus, so anyone can come."),
    ),
)


def made_up(number: int) -> MadeUp:
    """The answer with that number, from 1; `NotFound` for one that there is not."""
    if not 1 <= number <= len(MADE_UP):
        raise NotFound("There is no such practice question.")
    return MADE_UP[number - 1]
