"""Many files as one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from portal.core.archives import unique_names, zipped

AT = datetime(2026, 11, 26, 1, 2, 4, tzinfo=UTC)


def test_an_archive_holds_what_was_put_in() -> None:
    """Every file under its name, and the whole passes its own check."""
    files = [("a.txt", b"one"), ("files/b.pdf", b"two" * 100_000)]
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(files, at=AT)))) as archive:
        assert archive.testzip() is None
        assert [(entry.filename, archive.read(entry)) for entry in archive.infolist()] == files
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 26, 1, 2, 4)}


def test_only_one_file_is_asked_for_at_a_time() -> None:
    """The bytes of one are sent on before the next is read."""
    asked: list[int] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(3):
            asked.append(number)
            yield f"{number}.txt", b"x" * 1000

    pieces = zipped(files(), at=AT)
    next(pieces)
    assert asked == [0]


def test_names_are_safe_to_unpack_anywhere() -> None:
    """No folder, no character that Windows refuses, and none twice, whatever its letters' case."""
    typed = ["policy.pdf", "Policy.pdf", "../policy.pdf", 'a<b>:"|?*.txt', "CON.txt", "policy (2).pdf", "noend"]
    assert unique_names(typed) == [
        "policy.pdf", "Policy (2).pdf", "policy (3).pdf", "a_b______.txt", "_CON.txt", "policy (2) (2).pdf", "noend",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_two_files_of_an_archive_have_one_name(names: list[str]) -> None:
    """Whatever the names were."""
    made = [name.casefold() for name in unique_names(names)]
    assert len(made) == len(set(made)) == len(names)
