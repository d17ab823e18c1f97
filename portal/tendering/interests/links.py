"""The kinds of links with bidders in words, for whoever decides about them and for the record."""

from __future__ import annotations

from collections.abc import Mapping

from portal.tendering.interests.models import Interest
from portal.tendering.interests.states import LinkKind

KINDS: Mapping[LinkKind, str] = {
    LinkKind.WORKING: "Works or volunteers there, or did",
    LinkKind.GOVERNING: "Helps to run it, as a trustee, governor or owner",
    LinkKind.EMPLOYER: "Their employer works with it or pays it",
    LinkKind.UMBRELLA: "Belongs to the same umbrella body or group",
    LinkKind.FUNDING: "Funds it, is funded by it, or has the same funder",
    LinkKind.FAMILY: "Family or a close friend works, helps or goes there",
    LinkKind.USING: "Uses what it offers, or did",
    LinkKind.OTHER: "Another kind of link",
}
NOT_ASKED = "Not known: it was declared before the portal asked"


def kind_in_words(entry: Interest) -> str:
    """What kind of link with a bidder an entry of the register is; "" where it is none."""
    if entry.panel_id is None or not entry.has_interest:
        return ""
    return KINDS[entry.kind] if entry.kind is not None else NOT_ASKED
