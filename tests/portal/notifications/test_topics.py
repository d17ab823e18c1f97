"""Every letter has a topic."""

from __future__ import annotations

from collections import Counter

from portal.core.permissions import Role
from portal.notifications.topics import TOPICS, topics_for
from portal.paths import TEMPLATES


def test_every_letter_belongs_to_one_topic() -> None:
    """A letter without a topic could not be written, one with two could be muted by mistake."""
    letters = {
        path.relative_to(TEMPLATES / "emails").with_suffix("").as_posix()
        for path in (TEMPLATES / "emails").rglob("*.txt")
    }
    named = Counter(letter for topic in TOPICS for letter in topic.letters)
    assert named.keys() == letters
    assert set(named.values()) == {1}


def test_a_young_person_has_no_letters() -> None:
    """Nothing is written to young panel members but on their panel's page."""
    assert [topic.key for topic in topics_for(frozenset({Role.YOUNG_MEMBER}))] == []


def test_decisions_and_invitations_are_always_mailed() -> None:
    """What starts or ends a time that somebody has cannot be turned off by a tick."""
    always = {topic.key for topic in TOPICS if topic.always}
    assert always == {"invitations", "decisions", "access", "changes", "safeguarding"}
