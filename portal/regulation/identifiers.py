"""Identifiers of organisations: company and charity numbers, and the org-id code that each becomes.

A number is checked for its form only; whether it exists, an officer looks up. An org-id code is the scheme
of the register (org-id.guide) joined to the number, such as GB-COH-09506232.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.core.errors import InvalidInput
from portal.core.parsing.text import squeeze


class Scheme(StrEnum):
    """The registers whose numbers the portal knows, by their org-id codes."""

    COMPANY = "GB-COH"
    CHARITY_ENGLAND_AND_WALES = "GB-CHC"
    CHARITY_SCOTLAND = "GB-SC"
    CHARITY_NORTHERN_IRELAND = "GB-NIC"
    LOCAL_AUTHORITY_ENGLAND = "GB-LAE"
    SCHOOL = "GB-EDU"
    NHS = "GB-NHS"
    PROCUREMENT_PLATFORM = "GB-PPON"


@dataclass(frozen=True)
class Identifier:
    """A number in one register."""

    scheme: Scheme
    value: str

    @property
    def org_id(self) -> str:
        """The org-id code, which is also the party's id in OCDS."""
        return f"{self.scheme.value}-{self.value}"


# Companies House: two letters for what and where the body is, six characters for which. Numbers without
# letters are companies of England and Wales.
COMPANY_PREFIXES = frozenset(
    [
        "AC",
        "CE",
        "CS",
        "EN",
        "ES",
        "FC",
        "FE",
        "GE",
        "GN",
        "GS",
        "IC",
        "IP",
        "LP",
        "NA",
        "NC",
        "NF",
        "NI",
        "NL",
        "NO",
        "NP",
        "NR",
        "NV",
        "NZ",
        "OC",
        "OE",
        "PC",
        "R0",
        "RC",
        "RS",
        "SA",
        "SC",
        "SE",
        "SF",
        "SG",
        "SI",
        "SL",
        "SO",
        "SP",
        "SR",
        "SZ",
        "ZC",
    ]
)

_COMPANY = re.compile(r"(?P<prefix>[0-9]{2}|[A-Z][A-Z0-9])(?P<rest>[0-9]{5}[0-9A-Z])")
# Registered societies (RS, IP, SP, NP) may end in up to two letters more.
_SOCIETY = re.compile(r"(?P<prefix>RS|IP|SP|NP|NO)(?P<rest>[0-9]{3}[0-9A-Z]{3})")
_SHORT_COMPANY = re.compile(r"[0-9]{5,7}")
_CHARITY_EW = re.compile(r"[0-9]{6,7}(-[0-9]{1,3})?")
_CHARITY_SCOTLAND = re.compile(r"SC[0-9]{6}")
_CHARITY_NI = re.compile(r"(?:NIC?)?(?P<number>[0-9]{6})")
# The Central Digital Platform's number: consonants and digits 1-9; C in the last place is for informal
# consortia.


def company_number(typed: str, *, field: str | None = None) -> Identifier:
    """Read a company number: 8 characters, with the zeros in front that people often leave out.

    Raises `InvalidInput` with a plain message.
    """
    value = squeeze(typed).upper()
    if _SHORT_COMPANY.fullmatch(value):
        value = value.zfill(8)
    match = _COMPANY.fullmatch(value) or _SOCIETY.fullmatch(value)
    if match is None:
        raise InvalidInput(
            "A company number has 8 characters, such as 09506232 or SC123456. Find yours on Companies House.",
            field=field,
        )
    prefix = match["prefix"]
    if not prefix.isdigit() and prefix not in COMPANY_PREFIXES:
        raise InvalidInput(
            f"No company number begins with {prefix}. Check the first two characters on Companies House.",
            field=field,
        )
    if value == "0" * 8:
        raise InvalidInput("00000000 is not a company number.", field=field)
    return Identifier(Scheme.COMPANY, value)


def charity_number(typed: str, scheme: Scheme, *, field: str | None = None) -> Identifier:
    """Read a charity number of the register named by `scheme`. Raises `InvalidInput` with a plain message."""
    value = squeeze(typed).upper()
    if scheme is Scheme.CHARITY_ENGLAND_AND_WALES:
        return _charity_england_and_wales(value, field)
    if scheme is Scheme.CHARITY_SCOTLAND:
        _require(_CHARITY_SCOTLAND, value, "A Scottish charity number is SC and 6 digits, such as SC042386.", field)
        return Identifier(scheme, value)
    if scheme is Scheme.CHARITY_NORTHERN_IRELAND:
        match = _CHARITY_NI.fullmatch(value)
        if match is None:
            raise InvalidInput(
                "A Northern Ireland charity number is 6 digits, sometimes after NIC, such as NIC100012.",
                field=field,
            )
        return Identifier(scheme, match["number"])
    raise ValueError(f"{scheme} is not a charity register")


def any_charity_number(typed: str, *, field: str | None = None) -> Identifier:
    """Read a charity number whose form tells the register: SC for Scotland, NIC for Northern Ireland, else
    England and Wales. Raises `InvalidInput` with a plain message.
    """
    value = squeeze(typed).upper()
    if value.startswith("SC"):
        return charity_number(value, Scheme.CHARITY_SCOTLAND, field=field)
    if value.startswith("NI"):
        return charity_number(value, Scheme.CHARITY_NORTHERN_IRELAND, field=field)
    return charity_number(value, Scheme.CHARITY_ENGLAND_AND_WALES, field=field)


def _charity_england_and_wales(value: str, field: str | None) -> Identifier:
    _require(
        _CHARITY_EW,
        value,
        "A charity number in England and Wales is 6 or 7 digits, such as 1090095. "
        "For Scotland begin with SC, for Northern Ireland with NIC.",
        field,
    )
    return Identifier(Scheme.CHARITY_ENGLAND_AND_WALES, value)


def _require(pattern: re.Pattern[str], value: str, message: str, field: str | None) -> None:
    if pattern.fullmatch(value) is None:
        raise InvalidInput(message, field=field)
