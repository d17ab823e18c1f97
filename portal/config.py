"""Settings from the environment: the one place that reads it.

`load_settings()` gives a frozen `Settings`; a missing or malformed value raises `SettingsError` with one sentence
that names the variable, so that a start fails at once and says why.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

# OCDS identifiers begin with a prefix that the Open Contracting Partnership registers for each publisher. Until
# an installation has its own it uses this one, which belongs to nobody, and its notices say so.
PLACEHOLDER_OCID_PREFIX = "ocds-000000"


class SettingsError(RuntimeError):
    """A setting is missing or malformed; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Operator:
    """Who runs this portal, as its pages say it; what is not set is empty."""

    name: str = ""
    address: str = ""
    email: str = ""
    data_protection_officer: str = ""
    """An e-mail address, or how else to reach them (UK GDPR art 13(1)(b))."""

    @property
    def missing(self) -> list[str]:
        """The settings that are not set."""
        return [variable for variable, name in OPERATOR_SETTINGS.items() if not getattr(self, name)]


OPERATOR_SETTINGS = {
    "OPERATOR_NAME": "name",
    "OPERATOR_ADDRESS": "address",
    "OPERATOR_EMAIL": "email",
    "OPERATOR_DATA_PROTECTION": "data_protection_officer",
}


@dataclass(frozen=True)
class Settings:
    """Everything the processes need to know about where they run."""

    database_url: str
    database_owner_url: str
    redis_url: str
    secret_key: str
    public_url: str
    file_store: Path
    key_dir: Path
    smtp_url: str
    state: Path
    mailbox_url: str | None
    ocid_prefix: str = PLACEHOLDER_OCID_PREFIX
    mail_sender: str = ""
    """Who mail comes from; empty for no-reply at the host of the public address."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """The proxies in front whose word for a person's address is believed; nobody else's is."""
    operator: Operator = Operator()
    clamd: str = ""
    """Where ClamAV's daemon listens, as host:port or the path of its socket; empty where nothing is scanned."""
    smtp_ca_file: Path | None = None
    """The authorities that the mail server's certificate is checked against, instead of the machine's."""

    @property
    def secure_cookies(self) -> bool:
        """True when the public address is https: cookies then never travel in the clear."""
        return self.public_url.startswith("https://")


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for everything `portal up` keeps: `PORTAL_STATE`, or `.portal` in the current folder."""
    return Path(environ.get("PORTAL_STATE") or ".portal").absolute()


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings, or raise `SettingsError` naming the first variable that is wrong."""
    state = state_folder(environ)
    database_url = _postgres_url(_required(environ, "DATABASE_URL"), "DATABASE_URL")
    owner_url = _postgres_url(environ.get("DATABASE_OWNER_URL") or database_url, "DATABASE_OWNER_URL")
    secret_key = _required(environ, "SECRET_KEY")
    if len(secret_key) < 32:
        raise SettingsError("SECRET_KEY is too short: it needs at least 32 characters.")
    public_url = (environ.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
    if urlsplit(public_url).scheme not in {"http", "https"} or not urlsplit(public_url).netloc:
        raise SettingsError("PUBLIC_URL is not an http or https address.")
    smtp_ca_file = Path(environ["SMTP_CA_FILE"]).absolute() if environ.get("SMTP_CA_FILE") else None
    if smtp_ca_file is not None and not smtp_ca_file.is_file():
        raise SettingsError(f"SMTP_CA_FILE names {smtp_ca_file}, which is not a file.")
    redis_url = environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    if urlsplit(redis_url).scheme not in {"redis", "rediss", "unix"} or not _has_port(redis_url):
        raise SettingsError("REDIS_URL is not a redis://, rediss:// or unix:// address.")
    return Settings(
        database_url=database_url,
        database_owner_url=owner_url,
        redis_url=redis_url,
        secret_key=secret_key,
        public_url=public_url,
        file_store=Path(environ.get("FILE_STORE") or state / "files").absolute(),
        key_dir=Path(environ.get("KEY_DIR") or state / "keys").absolute(),
        smtp_url=_smtp_url(environ),
        smtp_ca_file=smtp_ca_file,
        mail_sender=_mail_sender(environ),
        operator=_operator(environ),
        trusted_proxies=_trusted_proxies(environ),
        clamd=_clamd(environ),
        state=state,
        mailbox_url=environ.get("MAILBOX_URL") or None,
        ocid_prefix=_ocid_prefix(environ),
    )


def _trusted_proxies(environ: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    listed = re.split(r"[,\s]+", (environ.get("TRUSTED_PROXIES") or "").strip(", "))
    try:
        return tuple(ip_network(part) for part in listed if part)
    except ValueError as wrong:
        raise SettingsError(f"TRUSTED_PROXIES is not a list of addresses and networks: {wrong}.") from wrong


def _clamd(environ: Mapping[str, str]) -> str:
    address = environ.get("CLAMD") or ""
    if address and not address.startswith("/") and re.fullmatch(r".+:[0-9]{1,5}", address) is None:
        raise SettingsError("CLAMD is neither host:port nor the path of a socket.")
    return address


def _ocid_prefix(environ: Mapping[str, str]) -> str:
    prefix = environ.get("OCID_PREFIX") or PLACEHOLDER_OCID_PREFIX
    if re.fullmatch(r"ocds-[a-z0-9]{6}", prefix) is None:
        raise SettingsError("OCID_PREFIX is not an OCDS prefix: ocds- and six letters or digits.")
    return prefix


def _smtp_url(environ: Mapping[str, str]) -> str:
    url = environ.get("SMTP_URL") or "smtp://127.0.0.1:25"
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not _has_port(url):
        raise SettingsError("SMTP_URL is not an smtp:// or smtps:// address.")
    if parts.query not in {"", *(f"tls={tls}" for tls in ("required", "offered", "never"))}:
        raise SettingsError("SMTP_URL may end with ?tls=required, ?tls=offered or ?tls=never, and nothing else.")
    return url


def _mail_sender(environ: Mapping[str, str]) -> str:
    sender = environ.get("MAIL_SENDER") or ""
    if sender and re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(sender)[1]) is None:
        raise SettingsError("MAIL_SENDER is not an address such as Fairlot <procurement@council.gov.uk>.")
    return sender


def _operator(environ: Mapping[str, str]) -> Operator:
    said = {name: (environ.get(variable) or "").strip() for variable, name in OPERATOR_SETTINGS.items()}
    if said["email"] and re.fullmatch(r"[^@\s]+@[^@\s]+", said["email"]) is None:
        raise SettingsError("OPERATOR_EMAIL is not an address such as procurement@council.gov.uk.")
    return Operator(**said)


def _has_port(url: str) -> bool:
    """Whether the port, where one is given, is a number that a port can have."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise SettingsError(f"{name} is not set.")
    return value


def _postgres_url(url: str, name: str) -> str:
    """Only PostgreSQL can keep the promises about sealed bids (row locks, roles): refuse anything else."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not rest:
        raise SettingsError(f"{name} is not a postgresql:// address; Fairlot runs on PostgreSQL only.")
    if not _has_port(url):
        raise SettingsError(f"{name} has a port that is not a number from 0 to 65535.")
    return f"postgresql+psycopg://{rest}"
