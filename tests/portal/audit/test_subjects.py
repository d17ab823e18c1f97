"""What events are about: the name and the chain that each thing has in the ledger."""

from __future__ import annotations

from importlib import import_module

import pytest

from portal.app import BLUEPRINTS
from portal.audit.subjects import Subject

NAMES = {
    "Addendum": "addendum",
    "ConflictsAssessment": "conflicts_assessment",
    "Interest": "interest",
    "JointBuyer": "joint_buyer",
    "Mitigation": "mitigation",
    "AddressChange": "address_change",
    "Absence": "absence",
    "Admission": "admission",
    "Application": "application",
    "AwardDecision": "award",
    "Bid": "bid",
    "ChangeDecision": "identity_decision",
    "Breach": "breach",
    "Clarification": "clarification",
    "Contract": "contract",
    "Correspondence": "correspondence",
    "ContractingAuthority": "authority",
    "HeldWords": "held_words",
    "DebarmentList": "debarment_list",
    "Draw": "draw",
    "Ending": "ending",
    "Entered": "bid",
    "BidderCheck": "bidder_check",
    "Enquiry": "enquiry",
    "ErasureRequest": "erasure",
    "Framework": "framework",
    "Guess": "attempt",
    "IdentityChange": "identity_change",
    "InvitationToTender": "itt",
    "Judgement": "judgement",
    "SecondLook": "second_look",
    "LostFactor": "lost_factor",
    "LateBid": "late_bid",
    "MailFollower": "mail_follower",
    "Lot": "lot",
    "ModeratedScore": "moderated_score",
    "Notice": "notice",
    "OpenedBid": "bid",
    "NumberClaim": "number_claim",
    "Page": "page",
    "PanelMember": "panel_member",
    "PanelWork": "panel",
    "Passkey": "passkey",
    "PersonKey": "person_key",
    "PreparedNotice": "prepared_notice",
    "Provider": "provider",
    "PublicationApproval": "publication_approval",
    "Reminder": "reminder",
    "DeadAddress": "dead_address",
    "Result": "result",
    "Retained": "retention",
    "RoleGrant": "role",
    "Scorecard": "scorecard",
    "SettingAside": "setting_aside",
    "SignedIn": "user",
    "Standstill": "standstill",
    "Suspension": "suspension",
    "Locality": "locality",
    "HelpRequest": "help_request",
    "ValidityRequest": "validity_request",
    "Undertaking": "undertaking",
    "User": "user",
}


def subjects() -> list[type[Subject]]:
    """Every class that an event can be about."""
    for module in (*BLUEPRINTS, "portal.privacy.rewrapping"):  # a command alone replaces the key
        import_module(module)
    found, bases = set[type[Subject]](), [Subject]
    while bases:
        bases = [kind for base in bases for kind in base.__subclasses__()]
        found |= {kind for kind in bases if not kind.__subclasses__()}
    return sorted(found, key=lambda kind: kind.__name__)


def test_the_names_in_the_ledger_stay() -> None:
    """A reader of the ledger years on finds the same name for the same kind of thing."""
    assert {kind.__name__: object.__new__(kind).ledger_object for kind in subjects()} == NAMES


@pytest.mark.parametrize("kind", subjects(), ids=lambda kind: kind.__name__)
def test_everything_says_its_chain(kind: type[Subject]) -> None:
    """Nothing falls into a chain that it did not name."""
    assert kind.ledger_chain is not Subject.ledger_chain


def test_what_says_no_chain_cannot_be_recorded() -> None:
    """There is no default that a new model could fall into."""
    with pytest.raises(NotImplementedError, match="Subject says no chain"):
        Subject().ledger_chain  # noqa: B018
