"""A young person's way through the questions: the screens, their order, what is answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from portal.bidding.models import OpenedBid
from portal.core.errors import NotFound
from portal.core.parsing.text import has_text
from portal.core.permissions import Actor, Role
from portal.evaluation.models import PanelMember, PanelWork, Score
from portal.evaluation.published_method import Leaf, plain
from portal.evaluation.queries import names_together, scorecards_of, work_of
from portal.evaluation.reading_order import leaves_in_order
from portal.evaluation.standing import Standing, standing_of
from portal.evaluation.states import ScorecardStatus
from portal.safeguarding.help_lines import HELP_LINES, HelpLine
from portal.tendering.method import method_for
from portal.tendering.models import Lot
from tender_scoring import effective_weights


@dataclass(frozen=True)
class Screen:
    """One question about one bid, with what was answered."""

    number: int
    bid: OpenedBid
    leaf: Leaf
    score: Score | None

    @property
    def bid_id(self) -> uuid.UUID:
        """The bid that the question is about."""
        return self.bid.bid_id

    @property
    def about(self) -> str:
        """What it is about, whatever its number is by now: the bid and the criterion's key."""
        return f"{self.bid_id}/{self.leaf.key}"

    @property
    def title(self) -> str:
        """The question in plain words, in the ordinary ones where there are none."""
        return self.leaf.criterion.plain_title or self.leaf.criterion.title

    @property
    def is_answered(self) -> bool:
        """Whether there is a score with a reason."""
        return self.score is not None and has_text(self.score.reason)

    def given(self) -> dict[str, str]:
        """What was saved, as form fields."""
        return {"score": str(plain(self.score.score)), "reason": self.score.written} if self.score else {}


@dataclass(frozen=True)
class Sitting:
    """Every screen of one young person, bid by bid, in an order of their own."""

    work: PanelWork
    alias: str
    screens: tuple[Screen, ...]
    bids: int
    is_submitted: bool
    standing: Standing
    """Whom they do not judge, or not yet: those groups are left out."""
    marks: tuple[Fraction, ...]
    """What the panel's scores are worth, out of 100: more than one figure where lots are judged in different ways."""

    def screen(self, number: int) -> Screen:
        """The screen with that number, from 1; `NotFound` for one that there is not."""
        if not 1 <= number <= len(self.screens):
            raise NotFound("There is no such question.")
        return self.screens[number - 1]

    def screen_about(self, about: str) -> Screen | None:
        """The screen that is about the same as one that was shown before; None where it is theirs no longer."""
        return next((screen for screen in self.screens if screen.about == about), None)

    def is_first_of_bid(self, screen: Screen) -> bool:
        """Whether a screen is the first one about its bid."""
        return screen is next(each for each in self.screens if each.bid_id == screen.bid_id)

    @property
    def help_lines(self) -> tuple[HelpLine, ...]:
        """Whom to talk to, once the young person wrote something that may be about harm; every page names it anyway."""
        held = (screen.score.held for screen in self.screens if screen.score is not None)
        return HELP_LINES if any(one is not None and one.may_be_about_harm for one in held) else ()

    @property
    def answered(self) -> int:
        """How many screens are answered."""
        return sum(screen.is_answered for screen in self.screens)

    @property
    def is_complete(self) -> bool:
        """Whether every screen is answered."""
        return self.answered == len(self.screens)

    @property
    def next_number(self) -> int | None:
        """The first screen that is not answered, where a new sitting goes on."""
        return next((screen.number for screen in self.screens if not screen.is_answered), None)


def young_panel_of(actor: Actor) -> PanelWork:
    """The panel on which the young person sits; `NotFound` for who sits on none."""
    for panel_id, roles in actor.panels.items():
        if Role.YOUNG_MEMBER in roles:
            return work_of(panel_id)
    raise NotFound("There is no panel for you.")


def sitting_of(work: PanelWork, member: PanelMember) -> Sitting:
    """The member's sitting as it stands, in an order of the bids that is theirs (`reading_order`)."""
    standing = standing_of(work, member)
    asked = standing.among(leaves_in_order(work, member))
    bids = list(asked)
    cards = scorecards_of(member.id)
    given = {(card.bid_id, score.criterion_id): score for card in cards.values() for score in card.scores}
    pairs = [(bid, leaf) for bid in bids for leaf in asked[bid]]
    screens = tuple(
        Screen(number, bid, leaf, given.get((bid.bid_id, leaf.criterion.id)))
        for number, (bid, leaf) in enumerate(pairs, 1)
    )
    submitted = [bid for bid in bids if bid.bid_id in cards and cards[bid.bid_id].status is ScorecardStatus.SUBMITTED]
    return Sitting(
        work,
        names_together(work.panel_id).get(member.id, member.alias),
        screens,
        len(bids),
        bool(bids) and len(submitted) == len(bids),
        standing,
        _marks(work, {bid.bid.lot for bid in bids}),
    )


def _marks(work: PanelWork, lots: Iterable[Lot]) -> tuple[Fraction, ...]:
    if not work.panel.counts:
        return ()
    key = work.panel.key
    weights = [effective_weights(method_for(lot)) for lot in lots]
    worth = {sum((weight.marks for weight in own if weight.panel == key), Fraction(0)) for own in weights}
    return tuple(sorted(worth - {Fraction(0)}))
