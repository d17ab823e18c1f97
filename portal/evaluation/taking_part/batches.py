"""Cards for several young people in one press, and the sheet on which they are printed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from portal.accounts.cards import IssuedCard
from portal.core.errors import InvalidInput
from portal.core.pdf import Card, Cards, Document
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.words import london_short
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.panels import issue_sitting_card

Issued = Sequence[tuple[PanelMember, IssuedCard]]


def issue_cards(
    *, work: PanelWork, member_ids: Sequence[uuid.UUID], actor: Actor, keys: KeyFolder, now: datetime
) -> Issued:
    """Issue a card to each of the young people; all or none. As `issue_sitting_card`; `InvalidInput` for nobody."""
    if not member_ids:
        raise InvalidInput("Choose at least one young person.", field="members")
    return [
        issue_sitting_card(work=work, member_id=member_id, actor=actor, keys=keys, now=now) for member_id in member_ids
    ]


def card_sheet(*, work: PanelWork, issued: Issued, address: str, picture: Callable[[str], str]) -> Document:
    """The cards to print and cut out: alias, square and code, and nobody's name; `picture` draws an address."""
    return Document(
        title=f"Cards of the {work.panel.name}",
        lead="Cut along the lines. Hand each card to its young person yourself: the first use asks them for a PIN. "
        "These codes can be read nowhere else.",
        footer="Fairlot",
        parts=(
            Cards(
                tuple(
                    Card(
                        name=member.alias,
                        picture=picture(f"{address}#{card.code}"),
                        pictured="A square to scan, which opens the page with the code filled in",
                        code=card.code,
                        lines=(
                            f"Scan the square, or type the code at {address}",
                            "The first time you pick a PIN that only you know. You can use the card again.",
                            f"It works until {london_short(card.expires_at)}. Keep it to yourself.",
                        ),
                    )
                    for member, card in issued
                )
            ),
        ),
        made_at=issued[0][1].expires_at,
    )
