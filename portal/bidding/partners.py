"""Whoever else stands behind a bid: members of a consortium and subcontractors, each with what they declare.

A buyer has to look at them as at the bidder: a ground for exclusion of an associated supplier or of a subcontractor can
rule the bid out. What is said of them is sealed with what officers check.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from portal.bidding.closing import lock_bid, require_open
from portal.bidding.contents import Content
from portal.bidding.drafting import change_draft
from portal.bidding.models import Bid
from portal.bidding.states import DraftAct
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder

MOST = 50
LONGEST_NAME, LONGEST_PART = 200, 2_000
MEMBER, SUBCONTRACTOR = "member", "subcontractor"
KINDS = ((MEMBER, "A member of our consortium"), (SUBCONTRACTOR, "A subcontractor"))
STATEMENT = (
    "They have told us in writing that they agree to what this bid says of them, that no ground for exclusion applies "
    "to them other than what this bid says, and that they have agreed this bid’s prices with nobody else who bids."
)


@dataclass(frozen=True)
class Partner:
    """An organisation behind a bid: what it is to the bidder, what it would do, who there confirmed it."""

    name: str
    number: str
    kind: str
    part: str
    confirmed_by: str
    statement: str = STATEMENT
    id: str = ""

    @property
    def kind_words(self) -> str:
        """What it is, in words."""
        return dict(KINDS).get(self.kind, self.kind)


def partners_in(content: Content) -> list[Partner]:
    """Those that a bid names, in the order in which they were added."""
    return [Partner(**held) for held in content.partners]


def add_partner(*, bid: Bid, actor: Actor, keys: KeyFolder, partner: Partner, is_declared: bool) -> Partner:
    """Name an organisation in the draft.

    Consequences: as for `save_answers`; records BID_DRAFT_SAVED. Raises `TooLate` from the closing instant on,
    `InvalidInput` beside "name", "kind", "part", "confirmed_by" and "declares".
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    all_at_once(
        lambda: require_text(one_line(partner.name), "Give their name.", field="name", most=LONGEST_NAME),
        lambda: _require_kind(partner.kind),
        lambda: require_text(partner.part, "Say what they would do.", field="part", most=LONGEST_PART),
        lambda: require_text(
            one_line(partner.confirmed_by), "Say who confirmed it.", field="confirmed_by", most=LONGEST_NAME
        ),
        lambda: _require_declared(is_declared),
    )
    said = Partner(
        one_line(partner.name),
        one_line(partner.number)[:LONGEST_NAME],
        partner.kind,
        require_text(partner.part, "", field="part"),
        one_line(partner.confirmed_by),
        id=str(uuid.uuid4()),
    )

    def change(content: Content) -> None:
        if any(held["name"].casefold() == said.name.casefold() for held in content.partners):
            raise InvalidInput("They are named already. Remove that entry first, to change it.", field="name")
        if len(content.partners) >= MOST:
            raise InvalidInput(f"A bid names at most {MOST} others.", field="name")
        content.partners.append(asdict(said))

    change_draft(bid, entered, actor, keys, change, DraftAct.PARTNERS)
    return said


def remove_partner(*, bid: Bid, actor: Actor, keys: KeyFolder, partner_id: str) -> None:
    """Take an organisation out of the draft; one that is gone already changes nothing. Raises `TooLate`."""
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    change_draft(bid, entered, actor, keys, _without(partner_id), DraftAct.PARTNERS)


def _without(partner_id: str) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        content.partners = [held for held in content.partners if held["id"] != partner_id]

    return change


def _require_kind(kind: str) -> None:
    if kind not in dict(KINDS):
        raise InvalidInput("Choose what they are to you.", field="kind")


def _require_declared(is_declared: bool) -> None:
    if not is_declared:
        raise InvalidInput("Name only organisations that have confirmed this to you.", field="declares")
