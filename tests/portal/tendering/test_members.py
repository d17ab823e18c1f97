"""Reading who is invited, a page at a time."""

from __future__ import annotations

from portal.core import clock
from portal.members.membership import members_page
from portal.tendering.members import list_invited
from tests.factories.calling_off import ready_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider

NAMES = ["Demo Ash", "Démo Bridge", "demo cove", "O’Demo", "Öland Demo", "ozone demo"]


def test_lists_of_providers_stand_in_the_order_of_their_names(db_session: object) -> None:
    """Whatever the accents, apostrophes and capitals; pages of the invited go on in that order."""
    framework = live_framework()
    for name in reversed(NAMES):
        admit(framework.lots[0], make_provider(name))
    members, _more = members_page(framework, ended=False, page=1)
    assert [member.provider.name for member in members] == NAMES
    itt = ready_call_off(framework.lots[0])
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = list_invited(itt, clock.now(), after=after, size=2)
        seen += [row.name for row in page.rows]
        after = page.next_key
    assert (page.total, seen) == (len(NAMES), NAMES)
