"""What is known of a young person who takes part: roughly how old, who agreed how, who sat beside them."""

from __future__ import annotations

from portal.core.lifecycle import Named


class AgeBand(Named):
    """Roughly how old: a date of birth is asked of nobody."""

    FROM_11 = "11-13"
    FROM_14 = "14-15"
    FROM_16 = "16-17"
    FROM_18 = "18-25"

    @property
    def oldest(self) -> int:
        """The oldest that somebody in the band is."""
        return int(self.value.partition("-")[2])


class ParentSaidBy(Named):
    """How a parent said that their child may take part; the paper itself is kept outside the portal."""

    PAPER = "paper"
    MAIL = "mail"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"


class Supporter(Named):
    """Who sits beside a young person, by what they are to them; nobody's name is asked."""

    FACILITATOR = "facilitator"
    YOUTH_WORKER = "youth_worker"
    TEACHER = "teacher"
    PARENT = "parent"
    OTHER = "other"
