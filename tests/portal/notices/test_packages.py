"""OCDS packages around published texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.notices.packages import Published, record_package, release_package
from tests.factories.notices import PUBLISHER

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
URI = "https://fairlot.example/ocds/releases.json"


def published(count: int) -> list[Published]:
    return [
        Published(number, NOON + timedelta(minutes=number), json.dumps({"id": f"r{number}"}))
        for number in range(1, count + 1)
    ]


def package(releases: list[Published], page_size: int) -> dict[str, Any]:
    pieces = release_package(releases, publisher=PUBLISHER, uri=URI, page_size=page_size, now=NOON)
    written: dict[str, Any] = json.loads("".join(pieces))
    return written


def test_a_full_page_names_the_next_one() -> None:
    """One release more than a page: it is left for the next page, which is named by the last number shown."""
    written = package(published(3), 2)
    assert [release["id"] for release in written["releases"]] == ["r1", "r2"]
    assert written["links"] == {"next": "https://fairlot.example/ocds/releases.json?after=2&limit=2"}


def test_the_last_page_names_none() -> None:
    """Exactly a page, and nothing after it: there is no next page."""
    written = package(published(2), 2)
    assert [release["id"] for release in written["releases"]] == ["r1", "r2"]
    assert "links" not in written


def test_a_package_is_dated_by_its_last_release() -> None:
    """The date is that of the last change to its contents; without any, the moment of asking."""
    assert package(published(2), 5)["publishedDate"] == "2026-11-22T12:02:00+00:00"
    assert package([], 5) == {
        "uri": URI,
        "version": "1.1",
        "extensions": package([], 5)["extensions"],
        "publisher": {"name": "Fairlot", "uri": "https://fairlot.example"},
        "publishedDate": "2026-11-22T12:00:00+00:00",
        "releases": [],
    }


def test_a_package_is_written_while_releases_are_read() -> None:
    """The first release leaves before the second is read, so a long page needs little memory."""
    read: list[int] = []

    def reading() -> Iterator[Published]:
        for release in published(3):
            read.append(release.number)
            yield release

    pieces = release_package(reading(), publisher=PUBLISHER, uri=URI, page_size=3, now=NOON)
    next(pieces)
    assert read == []
    assert json.loads(next(pieces)) == {"id": "r1"}
    assert read == [1]


def test_a_record_holds_the_published_texts_as_they_are() -> None:
    """Releases are embedded character by character, beside the compiled one."""
    text = '{"id":"r1","title":"Ünïcode “quotes”"}'
    body = record_package(
        ocid="ocds-a1b2c3-X",
        releases=[Published(1, NOON, text)],
        compiled='{"tag":["compiled"]}',
        publisher=PUBLISHER,
        uri="https://fairlot.example/ocds/records/ocds-a1b2c3-X.json",
    )
    assert text in body
    record = json.loads(body)["records"][0]
    assert (record["ocid"], record["compiledRelease"]) == ("ocds-a1b2c3-X", {"tag": ["compiled"]})
