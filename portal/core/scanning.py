"""Asking a virus scanner about a file before it is kept: ClamAV's daemon, where the installation names one.

A file that nothing looked at is never shown as clean; one in which something was found is not kept. Where the scanner
does not answer, a file is kept as not scanned: on the day of a deadline a stopped scanner must not stop bids.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum

import structlog

from portal.core.errors import InvalidInput

SECONDS = 60
PIECE = 1024 * 1024
_FOUND = " FOUND"

log = structlog.get_logger()


class Scan(StrEnum):
    """What is known of a kept file, as it is stored."""

    CLEAN = "clean"
    NOT_SCANNED = "not_scanned"


@dataclass(frozen=True)
class Scanner:
    """clamd at "host:port", or at the path of its socket; without an address nothing is scanned."""

    address: str = ""

    def scan(self, name: str, content: bytes) -> Scan:
        """Ask about a file, called `name` to people; raises `InvalidInput` where something was found in it."""
        if not self.address:
            return Scan.NOT_SCANNED
        try:
            answer = self._ask(content)
        except OSError as silent:
            log.warning("scanner_silent", reason=str(silent))
            return Scan.NOT_SCANNED
        if answer.endswith(_FOUND):
            found = answer.removeprefix("stream: ").removesuffix(_FOUND)
            raise InvalidInput(f"{name} was not kept: the virus scanner found {found} in it.")
        if answer == "stream: OK":
            return Scan.CLEAN
        log.warning("scanner_refused", answer=answer[:200])
        return Scan.NOT_SCANNED

    def _ask(self, content: bytes) -> str:
        """INSTREAM of clamd's protocol (`man clamd`): pieces with their length before them, an empty one at the end."""
        with self._connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), PIECE):
                piece = content[at : at + PIECE]
                connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and (more := connection.recv(4096)):
                answer += more
        return answer.rstrip(b"\0").decode(errors="replace")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            made = socket.socket(socket.AF_UNIX)
            made.settimeout(SECONDS)
            try:
                made.connect(self.address)
            except OSError:
                made.close()
                raise
            return made
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
