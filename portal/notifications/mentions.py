"""Letters name people by reference: whoever reads one sees what the person is called now, and nothing once erased.

What is stored holds no name and no address of anybody, so that erasing somebody reaches every inbox they were named in.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.models import User

_MARK = re.compile("\u27e6(name|address) ([0-9a-f-]{36})\u27e7")


@dataclass(frozen=True)
class Mention:
    """A person in a letter that is being written: what its template asks for is a mark."""

    id: uuid.UUID

    @property
    def display_name(self) -> str:
        """Where the name belongs."""
        return f"\u27e6name {self.id}\u27e7"

    @property
    def email(self) -> str:
        """Where the e-mail address belongs."""
        return f"\u27e6address {self.id}\u27e7"


def as_mentions(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a letter, with a mention for every person among them."""
    return {name: Mention(value.id) if isinstance(value, User) else value for name, value in values.items()}


def mentioned_in(words: str, values: Mapping[str, Any]) -> list[uuid.UUID]:
    """The people among the values of a letter that it mentions; a mark that somebody typed mentions nobody."""
    marked = {found[2] for found in _MARK.finditer(words)}
    people = {value.id for value in values.values() if isinstance(value, User)}
    return sorted(person for person in people if str(person) in marked)


def fill_in(words: str, people: Sequence[User], otherwise: str = "") -> str:
    """The words with what the people they mention are called now; others stay marks, or are what is said otherwise."""
    known = {str(person.id): person for person in people}

    def called(mark: re.Match[str]) -> str:
        person = known.get(mark[2])
        if person is None:
            return otherwise or mark[0]
        return person.display_name if mark[1] == "name" else person.email or "no address"

    return _MARK.sub(called, words)
