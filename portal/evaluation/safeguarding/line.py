"""Whom a facilitator calls when a child may be in danger and no safeguarding lead can be reached."""

from __future__ import annotations

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.organisations.models import ContractingAuthority

LONGEST = 200
"""Characters."""


def set_emergency_line(*, authority: ContractingAuthority, line: str, actor: Actor) -> None:
    """Say whom to call. Records EMERGENCY_LINE_SET.

    Raises `InvalidInput` (field "called") for nothing, `NotAllowed`.
    """
    take(authority, Verb.SET_EMERGENCY_LINE, actor=actor)
    said = require_text(one_line(line), "Enter a telephone number that somebody answers.", field="called", most=LONGEST)
    if said != authority.emergency_line:
        authority.emergency_line = said
        record(EventKind.EMERGENCY_LINE_SET, authority, actor=actor)


def own_authority(actor: Actor) -> ContractingAuthority:
    """The authority of somebody who works for one."""
    return db.session.get_one(ContractingAuthority, actor.authority_id)
