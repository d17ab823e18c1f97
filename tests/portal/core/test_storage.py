"""The file store."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from portal.core.errors import NotFound
from portal.core.storage import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """An empty store."""
    return FileStore(tmp_path / "files")


def test_what_was_put_comes_back(store: FileStore) -> None:
    """Byte for byte, the empty file included, and each under a name of its own."""
    contents = [b"", b"\x00\xff" * 1000, b"same", b"same"]
    names = [store.put(content) for content in contents]
    assert [store.get(name) for name in names] == contents
    assert len(set(names)) == 4


def test_names_tell_nothing(store: FileStore) -> None:
    """On the disk there are random identifiers in folders of two characters, and nothing half written."""
    names = {store.put(b"content") for _ in range(20)}
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {str(name) for name in names}
    assert {path.parent.name for path in files} == {str(name)[:2] for name in names}
    assert set(store.identifiers()) == names


def test_a_file_is_its_owner_s_alone(store: FileStore) -> None:
    """Other accounts of the machine cannot read it."""
    store.put(b"content")
    (path,) = [path for path in store.folder.rglob("*") if path.is_file()]
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_file_that_is_not_there_is_not_found(store: FileStore) -> None:
    """An unknown identifier, and one that was removed; removing twice is no error."""
    name = store.put(b"content")
    store.remove(name)
    store.remove(name)
    for missing in (name, uuid.uuid4()):
        with pytest.raises(NotFound):
            store.get(missing)
    assert list(store.identifiers()) == []


def test_a_failed_write_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk raises, and no file stays behind under any name (K-11)."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"content")
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_the_bytes_are_on_the_disk_before_the_name_exists(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is flushed, then renamed, then the folder flushed: a power cut leaves all or nothing."""
    order: list[str] = []
    flush, rename = os.fsync, Path.rename

    def noted_flush(descriptor: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "content")
        flush(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        order.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "rename", noted_rename)
    store.put(b"content")
    assert order == ["content", "rename", "folder"]
