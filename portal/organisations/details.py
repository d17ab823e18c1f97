"""An organisation's details as they are typed, and as they may be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, require_text, squeeze
from portal.organisations.models import Provider
from portal.organisations.names import name_key
from portal.regulation.identifiers import any_charity_number, company_number

NAME_LENGTH = 200
ADDRESS_LENGTH = 600
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


@dataclass(frozen=True)
class ProviderDetails:
    """What a provider says about itself; at least one of the two numbers."""

    name: str
    company_number: str
    charity_number: str
    address: str
    postcode: str
    is_sme: bool
    is_vcse: bool
    different_organisation: bool = False
    """The person says that they know of the organisation with a look-alike name, and are another."""


def put_details(provider: Provider, details: ProviderDetails) -> None:
    """Check the details and write them into the provider.

    Raises `InvalidInput` with the field: "organisation_name", "company_number", "charity_number"
    (malformed, none at all, or registered already), "address", "postcode", "different_organisation" (a name
    that looks like another provider's, until the person says that it is a different organisation).
    """
    provider.name = _name(details)
    provider.address = require_text(
        details.address, "Enter the organisation’s address.", field="address", most=ADDRESS_LENGTH
    )
    provider.postcode = read_postcode(details.postcode)
    provider.is_sme, provider.is_vcse = details.is_sme, details.is_vcse
    _put_numbers(provider, details)
    with db.session.no_autoflush:
        _refuse_duplicates(provider)
        if not details.different_organisation:
            _refuse_look_alike(provider)


def _name(details: ProviderDetails) -> str:
    missing = "Enter the organisation’s name."
    name = require_text(one_line(details.name), missing, field="organisation_name", most=NAME_LENGTH)
    if not name_key(name):
        raise InvalidInput("Enter the organisation’s name in letters.", field="organisation_name")
    return name


def read_postcode(typed: str, *, field: str = "postcode") -> str:
    """The postcode in capitals with its space. Raises `InvalidInput` beside `field`."""
    match = _POSTCODE.fullmatch(squeeze(typed).upper())
    if match is None:
        raise InvalidInput("Enter a full UK postcode, such as CM1 1QH.", field=field)
    return f"{match[1]} {match[2]}"


def _put_numbers(provider: Provider, details: ProviderDetails) -> None:
    company, charity = squeeze(details.company_number), squeeze(details.charity_number)
    if not company and not charity:
        message = "Enter a company number or a charity number. Buyers need one of them to check who you are."
        raise InvalidInput(message, field="company_number")
    provider.company_number = company_number(company, field="company_number").value if company else None
    registered = any_charity_number(charity, field="charity_number") if charity else None
    provider.charity_scheme = registered.scheme.value if registered else None
    provider.charity_number = registered.value if registered else None


def _refuse_duplicates(provider: Provider) -> None:
    if provider.company_number and _another(provider, Provider.company_number == provider.company_number):
        raise already_registered("company_number")
    same_charity = and_(
        Provider.charity_scheme == provider.charity_scheme, Provider.charity_number == provider.charity_number
    )
    if provider.charity_number and _another(provider, same_charity):
        raise already_registered("charity_number")


def already_registered(field: str) -> InvalidInput:
    """The refusal of a number that another organisation here has."""
    return InvalidInput(
        "An organisation with this number is registered already. Ask its administrator to invite you.",
        field=field,
    )


def _refuse_look_alike(provider: Provider) -> None:
    if _another(provider, Provider.name_key == provider.name_key):
        raise InvalidInput(
            "An organisation whose name looks the same is registered already. If it is yours, ask its "
            "administrator to invite you. If you are a different organisation, tick the box to say so.",
            field="different_organisation",
        )


def _another(provider: Provider, condition: ColumnElement[bool]) -> bool:
    found = select(Provider.id).where(condition)
    if provider.id is not None:
        found = found.where(Provider.id != provider.id)
    return db.session.scalar(found.limit(1)) is not None
