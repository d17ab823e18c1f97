"""The one state machine: states and the moves between them, written once a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from portal.core.errors import WrongState

State = TypeVar("State", bound=StrEnum)


class Named(StrEnum):
    """States and kinds that are asked by their names, in templates above all: `itt.status.is_published`.

    A name that is none raises, which a text compared with `value` never does.
    """

    def __getattr__(self, asked: str) -> bool:
        name = asked.removeprefix("is_").upper()
        if not asked.startswith("is_") or name not in type(self).__members__:
            raise AttributeError(f"{type(self).__name__} has no {asked}")
        return self.name == name


@dataclass(frozen=True)
class Lifecycle(Generic[State]):
    """States of one kind of object and the moves that exist between them."""

    name: str
    moves: Mapping[State, frozenset[State]]

    def can(self, state: State, to: State) -> bool:
        """Whether the move exists."""
        return to in self.moves.get(state, frozenset())

    def move(self, state: State, to: State) -> State:
        """Return `to`, or raise `WrongState` naming both states."""
        if not self.can(state, to):
            raise WrongState(f"This {self.name} is {words(state)}, so it cannot become {words(to)}.")
        return to


def words(state: StrEnum) -> str:
    """A state's name in ordinary words: `AWAITING_APPROVAL` reads "awaiting approval"."""
    return state.value.replace("_", " ").lower()


@dataclass(frozen=True)
class PublicState:
    """Where something stands for everybody: a key for programs, a word or two for a tag, and one sentence."""

    key: str
    label: str
    sentence: str
