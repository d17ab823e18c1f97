"""Asking the virus scanner: its protocol over a real socket, with a daemon that answers as clamd does."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from portal.core.errors import InvalidInput
from portal.core.scanning import Scan, Scanner
from tests.clamd import EICAR, running_clamd


@pytest.fixture
def clamd() -> Iterator[str]:
    """The address of a daemon that knows one virus."""
    with running_clamd() as address:
        yield address


def test_a_virus_is_refused_by_name(clamd: str) -> None:
    """The refusal names the file and what was found; it reaches into pieces of any length."""
    with pytest.raises(InvalidInput, match=r"policy\.pdf was not kept: the virus scanner found Eicar-Test-Signature"):
        Scanner(clamd).scan("policy.pdf", bytes(3_000_000) + EICAR)


def test_what_was_looked_at_is_clean(clamd: str) -> None:
    """Also a file that is sent in several pieces."""
    assert Scanner(clamd).scan("policy.pdf", b"x" * 2_500_000) is Scan.CLEAN


def test_what_nothing_looked_at_is_not_called_clean(clamd: str) -> None:
    """Without a scanner, with one that is away, and with one that refuses the size."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"127.0.0.1:{unused.getsockname()[1]}"
    assert [Scanner(address).scan("a.txt", b"huge") for address in ("", away, "/nowhere/clamd", clamd)] == [
        Scan.NOT_SCANNED
    ] * 4
