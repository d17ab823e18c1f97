"""Acts of two people: one proposes, another decides, and the database knows both.

A table becomes such an act by adding `Approval` to its class. An act whose columns stand in the table of what it is
about names them itself, with `two_people` for the CHECK. Either way `require_second_person` judges who may decide.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, NamedTuple, Protocol

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.core.columns import CreatedAt
from portal.core.errors import NotAllowed
from portal.core.parsing.text import tidy
from portal.core.permissions import Actor, Governed, Verb, policy


def two_people(*, decider: str, proposer: str, unless: str = "", name: str = "two_people") -> CheckConstraint:
    """A CHECK that whoever decided is not who proposed, but where `unless` holds.

    A CHECK sees no deputies: the migration that makes the table gives it a trigger of the same name as well
    (`require_two_people`, migrations/versions/0030_absences.py).
    """
    checked = f"{decider} IS NULL OR {decider} <> {proposer}"
    return CheckConstraint(f"{unless} OR {checked}" if unless else checked, name=name)


def decided_by_somebody() -> CheckConstraint:
    """A CHECK that an act waits as "proposed" until it says who decided it, and when."""
    return CheckConstraint(
        "(status = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
        name="decided_by_somebody",
    )


class Half(NamedTuple):
    """Who did the first half of an act, and when; or whom it is about, since when."""

    person_id: uuid.UUID | None
    at: datetime | None = None


def is_first_person(actor: Actor, *first: Half) -> bool:
    """Whether the actor counts as one of the first people of an act, or is nobody: somebody else has to decide it.

    A deputy and the person they stand in for are one, in both directions: whoever acts does it as themselves and as
    everybody whom they stand in for at that instant, and that stays so when the absence is over.
    """
    return actor.user_id is None or any(actor.counts_as(half.person_id, half.at) for half in first)


def require_second_person(actor: Actor, *first: Half) -> None:
    """Raise `NotAllowed` unless the actor is a person, and counts as none of the first people of the act."""
    if is_first_person(actor, *first):
        raise NotAllowed(
            "This takes two people: whoever proposed it, or stood in for them, cannot decide it as well.",
            code="same_person",
        )


class Act(Governed, Protocol):
    """An act of two people that the policy can judge."""

    def is_own(self, actor: Actor) -> bool:
        """Whether somebody else has to decide."""


def may_decide(act: Act, actor: Actor) -> bool:
    """Whether the actor may be the second person of the act as it is now."""
    return policy.allows(actor, Verb.DECIDE, act) and not act.is_own(actor)


class Approval:
    """Columns of an act that one person proposes and another decides, with the CHECK that they are two."""

    one_person_if: ClassVar[str] = ""
    """SQL for the rows that one person may write alone; none, unless a table says so."""

    @declared_attr
    def proposed_by_id(cls) -> Mapped[uuid.UUID]:
        """Who proposed."""
        return mapped_column(ForeignKey("user_account.id"))

    proposed_at: Mapped[CreatedAt]

    @declared_attr
    def decided_by_id(cls) -> Mapped[uuid.UUID | None]:
        """Who decided, one way or the other."""
        check = two_people(decider="decided_by_id", proposer="proposed_by_id", unless=cls.one_person_if)
        return mapped_column(ForeignKey("user_account.id"), check)

    decided_at: Mapped[datetime | None] = mapped_column()
    decision_note: Mapped[str] = mapped_column(default="", server_default=text("''"))

    @property
    def first_half(self) -> Half:
        """Who proposed it, and when."""
        return Half(self.proposed_by_id, self.proposed_at)

    @property
    def halves(self) -> tuple[Half, ...]:
        """Who proposed it and, once it is decided, who decided, and when."""
        second = Half(self.decided_by_id, self.decided_at)
        return (self.first_half, second) if self.decided_by_id is not None else (self.first_half,)

    @property
    def first_people(self) -> tuple[Half, ...]:
        """Who cannot be its second person: whoever proposed it; an act names whom else."""
        return (self.first_half,)

    def is_own(self, actor: Actor) -> bool:
        """Whether the actor is one of its first people, and somebody else has to decide."""
        return is_first_person(actor, *self.first_people)

    def withdraw(self, actor: Actor, *, now: datetime) -> None:
        """Take the proposal back before a second person has decided: it needs none."""
        self.decided_by_id, self.decided_at = actor.user_id, now

    def decide(self, actor: Actor, *, now: datetime, note: str = "") -> None:
        """Sign as the second person. Raises `NotAllowed` for the first ones."""
        require_second_person(actor, *self.first_people)
        self.decided_by_id, self.decided_at, self.decision_note = actor.user_id, now, tidy(note)
