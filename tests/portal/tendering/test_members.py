"""Reading who is invited, a page at a time."""

from __future__ import annotations

from portal.core import clock
from portal.directory.figures import members_by_lot
from portal.extensions import db
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


def test_lists_are_sorted_by_the_name_that_stands_in_them(db_session: object) -> None:
    """A member whose new name its officers have not accepted stays where its old one belongs, on every page."""
    framework = live_framework()
    for name in ("Demo Apple", "Demo Maple", "Demo Oak"):
        admit(framework.lots[0], make_provider(name))
    renamed = next(member for member in members_page(framework, ended=False, page=1)[0] if "Maple" in member.name)
    renamed.known_as, renamed.provider.name = renamed.provider.name, "Demo Zebra"
    db.session.flush()
    db.session.expire_all()
    names = ["Demo Apple", "Demo Maple", "Demo Oak"]
    assert [member.name for member in members_page(framework, ended=False, page=1)[0]] == names
    assert [member.name for member in members_by_lot(framework.id)[framework.lots[0].id]] == names
    itt, seen = ready_call_off(framework.lots[0]), list[str]()
    after: str | None = ""
    while after is not None:
        page = list_invited(itt, clock.now(), after=after, size=1)
        seen += [row.name for row in page.rows]
        after = page.next_key
    assert seen == names
