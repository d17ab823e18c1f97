"""Organisations as OCDS parties: the buyer and the providers, never a person.

A party's id is its org-id code. No name of a contact, no e-mail address and no telephone number is ever
written: those belong to people.
"""

from __future__ import annotations

from datetime import datetime

from portal.notices.canonical import Json, without_gaps
from portal.organisations.models import ContractingAuthority, FormerIdentity, Provider
from portal.tendering.joint_models import JointBuyer
from portal.tendering.models import InvitationToTender

COUNTRY = "United Kingdom"


def authority_id(authority: ContractingAuthority) -> str:
    """The buyer's org-id code, or a local id where it has no number in a register."""
    if authority.organisation_scheme and authority.organisation_number:
        return f"{authority.organisation_scheme}-{authority.organisation_number}"
    return f"authority-{authority.id}"


def provider_id(party: Provider | FormerIdentity) -> str:
    """The org-id code of then: the company number, else the charity number."""
    return party.org_id


def buyer_party(authority: ContractingAuthority, *, page: str) -> Json:
    """Write the contracting authority as buyer and procuring entity; `page` is where to turn to."""
    return without_gaps(
        {
            "id": authority_id(authority),
            "name": authority.name,
            "identifier": without_gaps(
                {
                    "scheme": authority.organisation_scheme,
                    "id": authority.organisation_number,
                    "legalName": authority.name,
                }
            ),
            "address": _address(authority.address, authority.postcode),
            "contactPoint": {"name": authority.name, "url": page},
            "roles": ["buyer", "procuringEntity"],
        }
    )


def joint_parties(itt: InvitationToTender) -> list[Json]:
    """Write whoever buys together with the authority that runs the invitation; who only monitors is interested."""
    return [_joint_party(one) for one in itt.joint_buyers]


def _joint_party(joint: JointBuyer) -> Json:
    roles = ["buyer"] if joint.buys or joint.signs else ["interestedParty"]
    details = {"description": f"It {joint.does_in_words}."}
    if joint.authority is None:
        return {"id": f"joint-buyer-{joint.id}", "name": joint.name, "roles": roles, "details": details}
    party = buyer_party(joint.authority, page="")
    return {key: value for key, value in party.items() if key != "contactPoint"} | {"roles": roles, "details": details}


def provider_party(provider: Provider, *, roles: list[str], at: datetime | None) -> Json:
    """Write a provider with its address, size and kind, in these roles, under the name and numbers of `at`.

    What it was called when the award was decided is what every later release of the same procurement calls it: the
    party's id parts one party from another.
    """
    party = provider.at(at)
    numbers = party.identifiers
    return without_gaps(
        {
            "id": provider_id(party),
            "name": party.name,
            "identifier": without_gaps(
                {
                    "scheme": numbers[0].scheme.value if numbers else None,
                    "id": numbers[0].value if numbers else None,
                    "legalName": party.name,
                }
            ),
            "additionalIdentifiers": [{"scheme": other.scheme.value, "id": other.value} for other in numbers[1:]],
            "address": _address(provider.address, provider.postcode),
            "details": without_gaps({"scale": "sme" if provider.is_sme else None, "vcse": provider.is_vcse}),
            "roles": roles,
        }
    )


def reference(party: Json) -> Json:
    """Refer to a party from elsewhere in the release."""
    return {"id": party["id"], "name": party["name"]}


def _address(street: str, postcode: str) -> Json:
    return without_gaps({"streetAddress": street, "postalCode": postcode, "countryName": COUNTRY})
