"""Everybody who influences a procurement is in its register, and says whether they have an interest in it.

Nobody has to remember that: `note_whoever_decides` follows whatever an officer takes to decide something of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.accounts.queries import colleague_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.parsing.text import one_line, require_length, require_reason, require_text
from portal.core.permissions import Actor, Governed, Verb
from portal.core.taking import after_taking, take
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.queries import entries_of, interest_of
from portal.tendering.interests.rules import INFLUENCING, UNTIL_CONTRACT
from portal.tendering.interests.states import Extent, LinkKind
from portal.tendering.models import InvitationToTender, Panel

LONGEST = 2_000
LONGEST_PART = 200
"""Characters."""


class SaidLink(NamedTuple):
    """What a panel member said of a link with a bidder."""

    words: str
    kind: LinkKind | None


def note_influence(itt: InvitationToTender, actor: Actor) -> None:
    """Put whoever acts into the register, where they are not yet; refuse whoever takes no further part.

    Whoever influences a decision counts as acting in it (Procurement Act 2023 s.81(3)). Raises `NotAllowed`.
    """
    if actor.user_id is None:
        return
    entries = entries_of(itt.id, actor.user_id)
    if not all(one.may_take_part for one in entries):
        raise NotAllowed(
            "You take no further part in this procurement, because of an interest that you declared.",
            code="stepped_back",
        )
    if all(one.panel_id is not None for one in entries):
        _add(itt, actor.user_id)


@after_taking
def note_whoever_decides(thing: Governed, verb: Verb, actor: Actor) -> None:
    """Put each officer who changes, answers, opens, judges, proposes or decides in a procurement into its register."""
    itt_id = thing.id if isinstance(thing, InvitationToTender) else getattr(thing, "itt_id", None)
    if verb not in INFLUENCING or itt_id is None or thing.policy_object == Mitigation.policy_object:
        return
    itt = db.session.get_one(InvitationToTender, itt_id)
    if itt.status in UNTIL_CONTRACT and actor.towards_authority(itt.authority_id):
        note_influence(itt, actor)


def enter_panel_member(panel: Panel, person: User) -> None:
    """Put whoever is appointed to a panel into the register; they declare once the bids are open.

    Raises `InvalidInput` (field "email") for somebody of whom two people decided that they take no part.
    """
    if not all(one.may_take_part for one in entries_of(panel.itt_id, person.id)):
        raise InvalidInput("This person takes no further part, because of an interest they declared.", field="email")
    _add(panel.itt, person.id, panel=panel)


def settle_panel_entry(
    *, panel: Panel, user_id: uuid.UUID, links: Mapping[uuid.UUID, SaidLink | None], now: datetime
) -> None:
    """Say in the register what came of a panel member's declaration: by bid, which link there is, or None.

    A link that is declared again in the same words and of the same kind keeps its answer; a kind that nobody asked for
    before joins the words without touching what was decided on them.
    """
    for bid_id in (None, *(bid for bid, said in links.items() if said is not None)):
        _add(panel.itt, user_id, panel=panel, bid_id=bid_id)
    for own in entries_of(panel.itt_id, user_id):
        if own.panel_id != panel.id or (own.bid_id is not None and own.bid_id not in links):
            continue
        words, kind = (links[own.bid_id] if own.bid_id is not None else None) or SaidLink("", None)
        is_same = own.detail == words and own.kind in (None, kind)
        if own.declared_at is None or own.bid_id is None or not is_same:
            own.has_interest, own.detail, own.declared_at = bool(words), words, now
        own.kind = kind
    db.session.flush()


def settle_stepping_back(
    *, panel: Panel, user_id: uuid.UUID, bids: Collection[uuid.UUID] | None, extent: Extent
) -> None:
    """Say in the register that a panel member left: each link with those bids (None: all of them) is settled by it."""
    for own in entries_of(panel.itt_id, user_id):
        if own.panel_id == panel.id and (bids is None or own.bid_id in bids):
            own.stepped_back_from = extent
    db.session.flush()


def name_person(*, itt: InvitationToTender, user_id: uuid.UUID | None, part: str, actor: Actor) -> Interest:
    """Name a colleague who influences the procurement without working on the draft, and ask them to declare.

    `part` says how they do. Records INTEREST_ASKED; the colleague is told. Raises `InvalidInput` beside `person` or
    `part`.
    """
    take(itt, Verb.ASSESS_CONFLICTS, actor=actor)
    if user_id is None:
        raise InvalidInput("Choose a colleague from the list.", field="person")
    person: User = colleague_of(itt.authority, user_id)
    said = require_text(one_line(part), "Say what they do in this procurement.", field="part", most=LONGEST_PART)
    if interest_of(itt.id, person.id) is not None:
        raise InvalidInput(f"{person.display_name} is in the register already.", field="person")
    _add(itt, person.id, said)
    added = interest_of(itt.id, person.id)
    assert added is not None
    record(EventKind.INTEREST_ASKED, added, actor=actor)
    return added


def unname_person(*, interest: Interest, actor: Actor) -> None:
    """Take somebody out of the register who was named by mistake and has declared nothing.

    Records INTEREST_NOT_ASKED. Raises `InvalidInput` for whoever has declared, or works on it themselves.
    """
    take(interest.itt, Verb.ASSESS_CONFLICTS, actor=actor)
    if interest.declared_at is not None or not interest.part:
        raise InvalidInput("Only somebody who was named and has declared nothing can be taken out.")
    record(EventKind.INTEREST_NOT_ASKED, interest, actor=actor)
    db.session.execute(delete(Interest).where(Interest.id == interest.id))


def declare_own_interest(
    *, itt: InvitationToTender, has_interest: bool, detail: str, actor: Actor, now: datetime
) -> Interest:
    """Say whether one has an interest in the procurement: personal, professional or financial, one's own or indirect.

    A later declaration replaces the earlier one; an interest has to be answered anew then. Records
    INTEREST_REGISTERED. Raises `InvalidInput` beside `detail`, `WrongState` once there is a contract. Source:
    Procurement Act 2023 s.81.
    """
    take(itt, Verb.DECLARE_INTEREST, actor=actor)
    said = require_reason(detail, "Say what connects you with it", field="detail") if has_interest else ""
    require_length(said, LONGEST, field="detail")
    assert actor.user_id is not None
    own = interest_of(itt.id, actor.user_id)
    if own is None:
        _add(itt, actor.user_id)
        own = interest_of(itt.id, actor.user_id)
    assert own is not None
    own.has_interest, own.detail, own.declared_at = has_interest, said, now
    db.session.flush()
    record(EventKind.INTEREST_REGISTERED, own, actor=actor, has_interest=has_interest)
    return own


def _add(
    itt: InvitationToTender,
    user_id: uuid.UUID,
    part: str = "",
    *,
    panel: Panel | None = None,
    bid_id: uuid.UUID | None = None,
) -> None:
    """Two may come at once: the one who came first is in the register once."""
    row = insert(Interest).values(
        id=uuid.uuid4(),
        itt_id=itt.id,
        user_id=user_id,
        part=part,
        panel_id=panel.id if panel is not None else None,
        bid_id=bid_id,
    )
    db.session.execute(row.on_conflict_do_nothing())
