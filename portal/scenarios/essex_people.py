"""Who is who in the county: its officers, each locality's panels, and the providers that bid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.permissions import Role
from portal.evaluation.states import MemberRole
from portal.scenarios.essex_size import ESSEX, Size
from portal.scenarios.people import Cast, Part

AUTHORITY = "Demo Essex County Council"
DOES = "Takes part in the commissioning of eleven localities."


def _officer(title: str, mailbox: str, role: Role) -> Part:
    return Part(f"Demo Essex {title}", f"essex-{mailbox}", title, DOES, (role,))


COMMISSIONER = _officer("Commissioner", "commissioner", Role.COMMISSIONER)
OFFICERS = (
    COMMISSIONER,
    _officer("Approver", "approver", Role.APPROVER),
    _officer("Opener One", "opener1", Role.OPENER),
    _officer("Opener Two", "opener2", Role.OPENER),
    _officer("Contract Manager", "contracts", Role.CONTRACT_MANAGER),
    _officer("Safeguarding Lead", "safeguarding", Role.SAFEGUARDING_LEAD),
    _officer("Administrator", "admin", Role.AUTHORITY_ADMINISTRATOR),
    _officer("Second Administrator", "admin2", Role.AUTHORITY_ADMINISTRATOR),
)
ADMINISTRATOR = OFFICERS[6]


@dataclass(frozen=True)
class Seats:
    """The adults of one locality's panels, by the panel's key, and the young people's aliases."""

    adults: Sequence[tuple[str, MemberRole, Part]]
    young: Sequence[str]

    def moderator(self, panel: str) -> Part:
        """Who leads the panel to agreed scores."""
        leads = {MemberRole.CHAIR, MemberRole.FACILITATOR}
        return next(part for key, role, part in self.adults if key == panel and role in leads)


def seats_of(number: int, locality: str, size: Size) -> Seats:
    """The panels of the locality with that number; its head chairs the local one."""
    name = locality.removeprefix("Demo ")
    head = _seat(number, name, f"Head of {name}", "head", factor=True)
    adults = [("local", MemberRole.CHAIR, head)]
    adults += [
        ("local", MemberRole.MEMBER, _seat(number, name, f"Partner {place} of {name}", f"partner{place}"))
        for place in range(1, size.local)
    ]
    facilitator = _seat(number, name, f"Facilitator of {name}", "facilitator", factor=True)
    adults.append(("young-people", MemberRole.FACILITATOR, facilitator))
    for place in range(size.parents):
        role = MemberRole.MEMBER if place else MemberRole.CHAIR
        parent = _seat(number, name, f"Parent {place + 1} of {name}", f"parent{place + 1}", factor=not place)
        adults.append(("parents", role, parent))
    return Seats(adults, [f"Star {place}" for place in range(1, size.young + 1)])


def _seat(number: int, locality: str, title: str, mailbox: str, *, factor: bool = False) -> Part:
    return Part(f"Demo {title}", f"essex{number}-{mailbox}", title, f"Sits on a panel of {locality}.", factor=factor)


def bidders_of(size: Size) -> list[Part]:
    """One person of every provider that bids."""
    return [
        Part(
            f"Demo Essex Submitter {number:02d}",
            f"essex-bidder{number:02d}",
            "Submitter of a provider",
            "Writes and submits a bid in each locality.",
            (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER),
            f"Demo Essex Provider {number:02d}",
            company_number=f"9904{number:04d}",
        )
        for number in range(1, size.bidders + 1)
    ]


def parts_of(size: Size) -> list[Part]:
    """Everybody who signs in by an address."""
    seated = [part for number, name in enumerate(size.names, 1) for _, _, part in seats_of(number, name, size).adults]
    return [*OFFICERS, *seated, *bidders_of(size)]


PARTS = tuple(parts_of(ESSEX))
CASTS: Mapping[str, Cast] = {
    AUTHORITY: Cast(
        commissioner=COMMISSIONER,
        approver=OFFICERS[1],
        openers=(OFFICERS[2], OFFICERS[3]),
        manager=OFFICERS[4],
        leads=(OFFICERS[5], None),
        seats=(),
        bidders=(),
    )
}
"""Who carries the procurements along; who sits on their panels differs from locality to locality."""
