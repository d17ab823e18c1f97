"""An organisation's details as they are typed, and as they may be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import IntegrityError

from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.mojibake import require_readable
from portal.core.parsing.text import require_text, squeeze
from portal.organisations.likeness import foreign_letters, like_names
from portal.organisations.models import Provider
from portal.organisations.names import read_name
from portal.regulation.identifiers import any_charity_number, company_number

NAME_LENGTH = 200
ADDRESS_LENGTH = 600
MOST_DOUBTS = 5
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
    name_confirmed: bool = False
    """The person says that the name is right, and that they are another organisation than those with a like name."""


def put_details(provider: Provider, details: ProviderDetails) -> None:
    """Check the details and write them into the provider.

    Raises `InvalidInput` with the field, all of them at once: "organisation_name", "company_number", "charity_number"
    (malformed, none at all, or registered already), "address", "postcode", "name_confirmed" (another name than before
    that is like another provider's, or is written in letters that look like others, until the person has confirmed
    it).
    """
    provider.is_sme, provider.is_vcse = details.is_sme, details.is_vcse
    with db.session.no_autoflush:
        all_at_once(
            lambda: _put_name(provider, details),
            lambda: _put_numbers(provider, details),
            lambda: _put_address(provider, details),
            lambda: _put_postcode(provider, details),
        )


def _put_name(provider: Provider, details: ProviderDetails) -> None:
    name = read_name(details.name, "the organisation’s name", field="organisation_name", most=NAME_LENGTH)
    is_other, provider.name = name != provider.name, name
    if is_other and not details.name_confirmed:
        _ask_about_name(provider)


def _put_address(provider: Provider, details: ProviderDetails) -> None:
    readable = require_readable(details.address, field="address")
    missing = "Enter the organisation’s address."
    provider.address = require_text(readable, missing, field="address", most=ADDRESS_LENGTH)


def _put_postcode(provider: Provider, details: ProviderDetails) -> None:
    provider.postcode = read_postcode(details.postcode)


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
    _refuse_duplicates(provider)


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


def write_numbers() -> None:
    """Write now, so that a number that somebody else registered in the same second is met here."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as taken:
        constraint = getattr(getattr(taken.orig, "diag", None), "constraint_name", "")
        if constraint in {"uq_provider_company_number", "uq_provider_charity_number"}:
            raise already_registered(constraint.removeprefix("uq_provider_")) from taken
        raise


def name_doubts(provider: Provider) -> list[str]:
    """What somebody should look at in the provider's name, in sentences: it is like another's, or its letters are like
    others. One statement.
    """
    others = db.session.execute(select(Provider.id, Provider.name).order_by(Provider.created_at, Provider.id))
    alike = like_names(provider.name, [(other.name, other.name) for other in others if other.id != provider.id])
    doubts = [f"Is this “{name}”, which is registered here? Look: {reason}." for name, reason in alike[:MOST_DOUBTS]]
    foreign = foreign_letters(provider.name)
    return [*doubts, foreign] if foreign else doubts


def _ask_about_name(provider: Provider) -> None:
    if doubts := name_doubts(provider):
        answers = (
            "If your organisation is here already, ask its administrator to invite you. If the name is right and you "
            "are a different organisation, tick the box to say so."
        )
        raise InvalidInput(f"{doubts[0]} {answers}", field="name_confirmed")


def _another(provider: Provider, condition: ColumnElement[bool]) -> bool:
    found = select(Provider.id).where(condition)
    if provider.id is not None:
        found = found.where(Provider.id != provider.id)
    return db.session.scalar(found.limit(1)) is not None
