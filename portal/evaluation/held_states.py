"""What becomes of words that are held, and what a safeguarding lead can have done about them."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class HeldPlace(Named):
    """Where the words were written."""

    SCORE = "score"
    DECLARATION = "declaration"
    AGREED = "agreed"
    DISSENT = "dissent"


class HeldStatus(Named):
    """Held words wait for an adult in the room, or for the lead alone where they may be about harm."""

    UNSCREENED = "unscreened"
    """Written before anything was looked through: held until it was."""
    WAITING = "waiting"
    WITH_LEAD = "with_lead"
    RELEASED = "released"
    WITHHELD = "withheld"
    REPLACED = "replaced"
    """Their author wrote something else; nobody needs to decide."""


HELD = Lifecycle(
    "comment",
    {
        HeldStatus.UNSCREENED: frozenset(
            {HeldStatus.RELEASED, HeldStatus.WAITING, HeldStatus.WITH_LEAD, HeldStatus.REPLACED}
        ),
        HeldStatus.WAITING: frozenset(
            {HeldStatus.WITH_LEAD, HeldStatus.RELEASED, HeldStatus.WITHHELD, HeldStatus.REPLACED}
        ),
        HeldStatus.WITH_LEAD: frozenset({HeldStatus.RELEASED, HeldStatus.WITHHELD}),
    },
)


class Action(Named):
    """What a safeguarding lead did about it, first of all."""

    SPOKE = "spoke"
    FAMILY = "family"
    SOCIAL_CARE = "social_care"
    EMERGENCY = "emergency"
    OTHERS = "others"
    NOTHING = "nothing"


ACTIONS: dict[Action, str] = {
    Action.SPOKE: "Spoke with the young person, or had somebody they trust speak with them",
    Action.FAMILY: "Spoke with a parent or carer",
    Action.SOCIAL_CARE: "Referred it to children’s social care",
    Action.EMERGENCY: "Called the police or an ambulance",
    Action.OTHERS: "Told the school, or whoever supports the young person",
    Action.NOTHING: "Read it: nobody is at risk",
}
"""In words."""
