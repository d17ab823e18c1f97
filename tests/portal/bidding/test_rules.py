"""Who may do what with a bid and an opening: every role, in every state."""

from __future__ import annotations

import uuid

import pytest

from portal.bidding import rules  # noqa: F401  (declares the rows)
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Actor, Role, policy
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_PUBLICATION, IttStatus

PROVIDER, AUTHORITY = uuid.uuid4(), uuid.uuid4()
SUBMITTING = {Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR}


def somebody(role: Role, *, elsewhere: bool = False) -> Actor:
    """A person with one role, in the place that the objects of this module belong to or in another one."""
    provider, authority = (uuid.uuid4(), uuid.uuid4()) if elsewhere else (PROVIDER, AUTHORITY)
    return Actor(
        user_id=uuid.uuid4(),
        provider_id=provider if role in PROVIDER_ROLES else None,
        provider_roles=frozenset({role} & PROVIDER_ROLES),
        authority_id=authority if role in AUTHORITY_ROLES else None,
        authority_roles=frozenset({role} & AUTHORITY_ROLES),
        panels={uuid.uuid4(): frozenset({role})} if role in PANEL_ROLES else {},
        platform_roles=frozenset({role} & {Role.PLATFORM_ADMINISTRATOR}),
    )


def verdict(actor: Actor, verb: str, thing: Bid | InvitationToTender) -> str:
    try:
        policy.require(actor, verb, thing)
    except WrongState:
        return "WrongState"
    except (NotFound, NotAllowed) as refusal:
        return type(refusal).__name__
    return "allowed"


@pytest.mark.parametrize("status", BidStatus)
@pytest.mark.parametrize("role", Role)
def test_a_bid_belongs_to_its_providers_people(role: Role, status: BidStatus) -> None:
    """They read and draft; submitters and administrators submit; for everybody else it does not exist."""
    bid = Bid(provider_id=PROVIDER, status=status)
    expected = {
        "start": "allowed",
        "read": "allowed",
        "draft": "allowed",
        "submit": "allowed" if role in SUBMITTING else "NotAllowed",
        "withdraw": "NotAllowed"
        if role not in SUBMITTING
        else ("allowed" if status is BidStatus.SUBMITTED else "WrongState"),
    }
    if role not in PROVIDER_ROLES:
        expected = dict.fromkeys(expected, "NotFound")
    assert {verb: verdict(somebody(role), verb, bid) for verb in expected} == expected
    stranger = somebody(role, elsewhere=True)
    assert {verdict(stranger, verb, bid) for verb in expected} == {"NotFound"}


@pytest.mark.parametrize("status", IttStatus)
@pytest.mark.parametrize("role", Role)
def test_an_opening_belongs_to_its_authoritys_people(role: Role, status: IttStatus) -> None:
    """Openers open what is published; those who run the procurement read the page."""
    itt = InvitationToTender(authority_id=AUTHORITY, status=status)
    reads = role in AUTHORITY_ROLES - {Role.AUTHORITY_ADMINISTRATOR, Role.SAFEGUARDING_LEAD}
    may_open = ("allowed" if status is IttStatus.PUBLISHED else "WrongState") if role is Role.OPENER else "NotAllowed"
    may_see = ("allowed" if status in AFTER_PUBLICATION else "WrongState") if reads else "NotAllowed"
    if role not in AUTHORITY_ROLES:
        may_open = may_see = "NotFound"
    actor = somebody(role)
    assert (verdict(actor, "open_bids", itt), verdict(actor, "see_opening", itt)) == (may_open, may_see)
    stranger = somebody(role, elsewhere=True)
    assert {verdict(stranger, verb, itt) for verb in ("open_bids", "see_opening")} == {"NotFound"}


@pytest.mark.parametrize("status", IttStatus)
@pytest.mark.parametrize("role", Role)
def test_commissioners_explain_undecided_applications(role: Role, status: IttStatus) -> None:
    """Between publication and opening, and nobody else."""
    itt = InvitationToTender(authority_id=AUTHORITY, status=status)
    expected = "NotFound" if role not in AUTHORITY_ROLES else "NotAllowed"
    if role is Role.COMMISSIONER:
        expected = "allowed" if status is IttStatus.PUBLISHED else "WrongState"
    assert verdict(somebody(role), "explain_undecided", itt) == expected
    assert verdict(somebody(role, elsewhere=True), "explain_undecided", itt) == "NotFound"
