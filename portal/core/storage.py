"""The file store: sealed bytes under random names.

A file is written to a temporary name, flushed to the disk, renamed and its folder flushed: after `put` returns
the bytes survive a power cut, and a half-written file never has a real name.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from portal.core.errors import NotFound
from portal.core.scanning import Scanner


class FileStore:
    """Bytes on the disk, by identifier; nothing here knows what they mean."""

    def __init__(self, folder: Path, scanner: Scanner = Scanner()) -> None:  # noqa: B008
        self.folder = folder
        self.scanner = scanner
        """Who looks for viruses in what is to be kept here."""

    def put(self, content: bytes) -> uuid.UUID:
        """Store the bytes durably and return their random identifier."""
        identifier = uuid.uuid4()
        target = self._path(identifier)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = target.with_suffix(".part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
        return identifier

    def get(self, identifier: uuid.UUID) -> bytes:
        """Return the bytes, or raise `NotFound`."""
        try:
            return self._path(identifier).read_bytes()
        except FileNotFoundError as missing:
            raise NotFound("That file is not in the file store.") from missing

    def remove(self, identifier: uuid.UUID) -> None:
        """Remove the bytes if they are there."""
        self._path(identifier).unlink(missing_ok=True)

    def identifiers(self) -> Iterator[uuid.UUID]:
        """Every stored identifier, for reconciling the disk with the database."""
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix == "":
                yield uuid.UUID(path.name)

    def _path(self, identifier: uuid.UUID) -> Path:
        name = str(identifier)
        return self.folder / name[:2] / name


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
