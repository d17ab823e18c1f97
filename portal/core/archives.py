"""Many files as one, made while it is sent: never more than one of them is in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from portal.core.clock import LONDON
from portal.core.inspecting import shown_name

_NOT_IN_WINDOWS = re.compile(r'[<>:"|?*]')


def unique_names(names: Iterable[str]) -> list[str]:
    """The names in their order, each safe to unpack and none twice: "policy.pdf", "policy (2).pdf".

    Two that differ in upper and lower case alone are one file on Windows and macOS.
    """
    taken: set[str] = set()
    made = []
    for name in names:
        safe = _NOT_IN_WINDOWS.sub("_", shown_name(name))
        stem, dot, extension = safe.rpartition(".") if "." in safe else (safe, "", "")
        unique, number = safe, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{stem} ({number}){dot}{extension}"
        taken.add(unique.casefold())
        made.append(unique)
    return made


def zipped(files: Iterable[tuple[str, bytes]], *, at: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP file with the files (name, content), each asked for when its turn comes, dated `at`."""
    sink = _Sink()
    stamp = at.astimezone(LONDON).timetuple()[:6]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
            yield sink.take()
    yield sink.take()


class _Sink:
    """What a ZIP file is written into: it cannot be gone back in, so the archive is made from front to end."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
