"""Authorities that take part: each with a recorded commitment, without which it does not call off."""

from __future__ import annotations

from datetime import date, datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.frameworks.changing import begin_change
from portal.frameworks.models import Framework, Participant
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import require_late_participant_allowed
from portal.organisations.models import ContractingAuthority
from portal.regulation.local_time import local_date


def commit_participant(
    *,
    framework: Framework,
    authority: ContractingAuthority,
    committed_on: date | None,
    commitment: str,
    actor: Actor,
    now: datetime,
) -> Participant:
    """Record that an authority has committed itself to take part: from now on its commissioners can call off.

    `commitment` says who decided it and where that is written down. An authority that withdrew can commit itself
    again. Once a framework is live no further authority can be named (PCR2015 reg 33(5); PA2023 s.45(5)), save
    under light touch; to a DPS or market one can at any time. Records PARTICIPANT_COMMITTED. Raises `InvalidInput`
    beside `authority`, `committed_on` or `commitment`.
    """
    begin_change(framework, actor, Verb.NAME_PARTICIPANTS)
    if committed_on is None:
        raise InvalidInput("Give the day on which it committed itself.", field="committed_on")
    if committed_on > local_date(now):
        raise InvalidInput("The day is in the future: a commitment counts once it is made.", field="committed_on")
    said = require_text(commitment, "Say who decided it, and where that is written down.", field="commitment")
    known = _participant(framework, authority)
    if known is not None and known.withdrawn_on is None:
        raise InvalidInput(f"{authority.name} takes part already.", field="authority")
    if known is None:
        if framework.status is FrameworkStatus.LIVE:
            require_late_participant_allowed(framework.law, light_touch=framework.light_touch)
        known = Participant(authority=authority, authority_id=authority.id)
        framework.participants.append(known)
    known.committed_on, known.commitment, known.withdrawn_on = committed_on, said, None
    record(
        EventKind.PARTICIPANT_COMMITTED, framework, actor=actor, authority_id=authority.id, committed_on=committed_on
    )
    return known


def withdraw_participant(*, framework: Framework, authority: ContractingAuthority, actor: Actor, now: datetime) -> None:
    """Record that an authority takes part no longer: it calls off nothing more, what it began goes on.

    Records PARTICIPANT_WITHDREW. Raises `NotFound` for one that does not take part.
    """
    begin_change(framework, actor, Verb.NAME_PARTICIPANTS)
    known = _participant(framework, authority)
    if known is None or known.withdrawn_on is not None:
        raise NotFound("That authority does not take part.")
    # Somebody entered the commitment after midnight, or for a day to come in another zone: never before it.
    known.withdrawn_on = max(local_date(now), known.committed_on)
    record(EventKind.PARTICIPANT_WITHDREW, framework, actor=actor, authority_id=authority.id)


def _participant(framework: Framework, authority: ContractingAuthority) -> Participant | None:
    return next((one for one in framework.participants if one.authority_id == authority.id), None)
