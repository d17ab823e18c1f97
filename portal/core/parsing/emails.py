"""E-mail addresses that people type: compared as they look, and refused where no letter could arrive."""

from __future__ import annotations

import re

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line

LONGEST, LONGEST_NAME, LONGEST_LABEL = 254, 64, 63  # RFC 5321 section 4.5.3.1, RFC 1035 section 2.3.4
_NAME = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
IN_FULL = "Enter an e-mail address in full, such as name@example.org."


def fold_email(typed: str | None) -> str:
    """An address as it is compared: small letters, without whatever cannot be seen and spaces around it.

    For finding who has an address; `read_email` is for accepting one.
    """
    return one_line(typed).lower()


def read_email(typed: str | None, *, field: str | None = "email") -> str:
    """Read an address to which any mail server can deliver.

    Letters outside ASCII are refused: before the "@" many servers cannot take them (RFC 6531 is an extension), after
    it they have an ASCII form that the address's owner knows and nobody should guess. Raises `InvalidInput`.
    """
    address = fold_email(typed)
    name, at, domain = address.rpartition("@")
    labels = domain.split(".")
    if not name or not at or len(labels) < 2 or len(address) > LONGEST or len(name) > LONGEST_NAME:
        raise InvalidInput(IN_FULL, field=field)
    foreign = next((character for character in address if not character.isascii()), None)
    if foreign is not None:
        raise InvalidInput(_foreign(foreign, in_domain=foreign in domain), field=field)
    if name.startswith(".") or name.endswith(".") or ".." in address or domain.endswith("."):
        raise InvalidInput("The e-mail address has a full stop too many. Check it letter by letter.", field=field)
    known = all(_LABEL.fullmatch(label) and len(label) <= LONGEST_LABEL for label in labels)
    if not known or labels[-1].isdigit() or _NAME.fullmatch(name) is None:
        raise InvalidInput(IN_FULL, field=field)
    return address


def _foreign(character: str, *, in_domain: bool) -> str:
    advice = "Enter its domain as it begins with xn--" if in_domain else "Use another address"
    return f"Many mail servers cannot deliver to an address with “{character}” in it. {advice}."
