"""What people change about themselves: their name, and the language of the mail that they get."""

from __future__ import annotations

from portal.accounts.models import Language, User
from portal.accounts.people import read_person_name
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.core.taking import lock


def change_name(*, actor: Actor, name: str) -> None:
    """Change the person's name, everywhere and in letters of before. Records NAME_CHANGED, without either name.

    Raises `InvalidInput` (field "name").
    """
    called = read_person_name(name)
    person = lock(User, actor.user_id)
    if called != person.display_name:
        person.display_name = called
        record(EventKind.NAME_CHANGED, person, actor=actor)


def choose_language(*, actor: Actor, language: str) -> None:
    """Choose the language of the person's mail. Records LANGUAGE_CHOSEN. Raises `InvalidInput` (field "language")."""
    if language not in set(Language):
        raise InvalidInput("Choose one of the languages.", field="language")
    person = lock(User, actor.user_id)
    person.language = Language(language)
    record(EventKind.LANGUAGE_CHOSEN, person, actor=actor, language=language)
