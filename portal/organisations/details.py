"""An organisation's details as they are typed, and as they may be stored."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.mojibake import require_readable
from portal.core.parsing.text import has_text, require_text, squeeze
from portal.core.uniqueness import unless_taken
from portal.organisations.kept_numbers import require_not_kept
from portal.organisations.likeness import foreign_letters, like_names
from portal.organisations.models import Provider
from portal.organisations.names import read_name
from portal.regulation.identifiers import any_charity_number, company_number

NAME_LENGTH = 200
ADDRESS_LENGTH = 600
MOST_DOUBTS = 5
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


@dataclass(frozen=True)
class Identity:
    """What an organisation is called and registered as, as it may be stored."""

    name: str
    company_number: str | None
    charity_scheme: str | None
    charity_number: str | None
    parent: str

    @classmethod
    def of(cls, held: Provider) -> Identity:
        """What it is now."""
        return cls(**{name: getattr(held, name) for name in IDENTITY})

    def columns(self) -> dict[str, str | None]:
        """By the names of the columns."""
        return asdict(self)


IDENTITY = tuple(field.name for field in fields(Identity))


@dataclass(frozen=True)
class IdentityDetails:
    """What somebody types as name and numbers; at least one of the two numbers."""

    name: str
    company_number: str
    charity_number: str
    parent: str
    name_confirmed: bool = False
    """The person says that the name is right, and that they are another organisation than those with a like name."""
    claim_code: str = ""
    """Of a claim by which a number is kept for the organisation."""


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
    parent: str = ""
    claim_code: str = ""

    @property
    def identity(self) -> IdentityDetails:
        """Its name and numbers."""
        return IdentityDetails(
            self.name, self.company_number, self.charity_number, self.parent, self.name_confirmed, self.claim_code
        )


def put_details(provider: Provider, details: ProviderDetails) -> None:
    """Check the details and write them into the provider. Raises as `read_details`."""
    for name, value in read_details(provider, details).items():
        setattr(provider, name, value)


def read_details(provider: Provider, details: ProviderDetails) -> dict[str, Any]:
    """The details as they may be stored for the provider, by the names of the columns; it is not changed.

    Raises `InvalidInput` with the field, all of them at once: "address", "postcode", or as `read_identity`.
    """
    read: dict[str, Any] = {"is_sme": details.is_sme, "is_vcse": details.is_vcse}
    all_at_once(
        lambda: read.update(read_identity(provider, details.identity).columns()),
        lambda: read.update(address=_address(details.address)),
        lambda: read.update(postcode=read_postcode(details.postcode)),
    )
    return read


def read_identity(provider: Provider, details: IdentityDetails) -> Identity:
    """Name and numbers as they may be stored for the provider, which is not changed.

    Raises `InvalidInput` with the field, all of them at once: "organisation_name", "company_number", "charity_number"
    (malformed, none at all, or registered already), "parent", "name_confirmed" (another name than before that is like
    another provider's, or is written in letters that look like others, until the person has confirmed it).
    """
    read: dict[str, Any] = {}
    with db.session.no_autoflush:
        all_at_once(
            lambda: read.update(name=_name(provider, details)),
            lambda: read.update(_numbers(provider, details)),
            lambda: read.update(parent=_parent(details.parent)),
        )
    return Identity(**read)


def _name(provider: Provider, details: IdentityDetails) -> str:
    name = read_name(details.name, "the organisation’s name", field="organisation_name", most=NAME_LENGTH)
    if name != provider.name and not details.name_confirmed:
        _ask_about_name(name, provider.id)
    return name


def _parent(typed: str) -> str:
    readable = require_readable(typed, field="parent")
    return read_name(readable, "the parent’s name", field="parent", most=NAME_LENGTH) if has_text(readable) else ""


def _address(typed: str) -> str:
    readable = require_readable(typed, field="address")
    return require_text(readable, "Enter the organisation’s address.", field="address", most=ADDRESS_LENGTH)


def read_postcode(typed: str, *, field: str = "postcode") -> str:
    """The postcode in capitals with its space. Raises `InvalidInput` beside `field`."""
    match = _POSTCODE.fullmatch(squeeze(typed).upper())
    if match is None:
        raise InvalidInput("Enter a full UK postcode, such as CM1 1QH.", field=field)
    return f"{match[1]} {match[2]}"


def _numbers(provider: Provider, details: IdentityDetails) -> dict[str, str | None]:
    company, charity = squeeze(details.company_number), squeeze(details.charity_number)
    if not company and not charity:
        message = "Enter a company number or a charity number. Buyers need one of them to check who you are."
        raise InvalidInput(message, field="company_number")
    number = company_number(company, field="company_number").value if company else None
    registered = any_charity_number(charity, field="charity_number") if charity else None
    read = {
        "company_number": number,
        "charity_scheme": registered.scheme.value if registered else None,
        "charity_number": registered.value if registered else None,
    }
    _refuse_duplicates(read, provider.id)
    typed = Provider(**read).identifiers
    require_not_kept([each for each in typed if each not in provider.identifiers], details.claim_code)
    return read


def _refuse_duplicates(read: Mapping[str, str | None], provider_id: uuid.UUID | None) -> None:
    number, scheme, charity = read["company_number"], read["charity_scheme"], read["charity_number"]
    if number and _another(provider_id, Provider.company_number == number):
        raise already_registered("company_number")
    same_charity = and_(Provider.charity_scheme == scheme, Provider.charity_number == charity)
    if charity and _another(provider_id, same_charity):
        raise already_registered("charity_number")


def already_registered(field: str) -> InvalidInput:
    """The refusal of a number that another organisation here has."""
    return InvalidInput(
        "An organisation with this number is registered already. Ask its administrator to invite you.",
        field=field,
    )


def write_numbers() -> None:
    """Write now, so that a number that somebody else registered in the same second is met here."""
    fields = ("company_number", "charity_number")
    with unless_taken({f"uq_provider_{field}": partial(already_registered, field) for field in fields}):
        db.session.flush()


def name_doubts(name: str, provider_id: uuid.UUID | None) -> list[str]:
    """What somebody should look at in a provider's name, in sentences: it is like another's, or its letters are like
    others. One statement.
    """
    others = db.session.execute(select(Provider.id, Provider.name).order_by(Provider.created_at, Provider.id))
    alike = like_names(name, [(other.name, other.name) for other in others if other.id != provider_id])
    doubts = [f"Is this “{other}”, which is registered here? Look: {reason}." for other, reason in alike[:MOST_DOUBTS]]
    foreign = foreign_letters(name)
    return [*doubts, foreign] if foreign else doubts


def _ask_about_name(name: str, provider_id: uuid.UUID | None) -> None:
    if doubts := name_doubts(name, provider_id):
        answers = (
            "If your organisation is here already, ask its administrator to invite you. If the name is right and you "
            "are a different organisation, tick the box to say so."
        )
        raise InvalidInput(f"{doubts[0]} {answers}", field="name_confirmed")


def _another(provider_id: uuid.UUID | None, condition: ColumnElement[bool]) -> bool:
    found = select(Provider.id).where(condition)
    if provider_id is not None:
        found = found.where(Provider.id != provider_id)
    return db.session.scalar(found.limit(1)) is not None
