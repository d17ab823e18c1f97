"""Whom a child can turn to at any hour, as every page of a sitting says: the numbers are free in the United Kingdom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HelpLine:
    """One of them: who it is, what to do in words, and the address that a telephone opens."""

    name: str
    words: str
    number: str
    href: str


HELP_LINES = (
    HelpLine("If you or somebody else is in danger now", "Call", "999", "tel:999"),
    HelpLine("Childline, any time, about anything", "Call", "0800 1111", "tel:08001111"),
    HelpLine("Shout, if you would rather text", "Text SHOUT to", "85258", "sms:85258?body=SHOUT"),
    HelpLine("Missing People, if you have run away or think of it", "Call or text", "116 000", "tel:116000"),
)
"""Looked at with each release (docs/safeguarding.md)."""
