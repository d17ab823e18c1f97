"""OCDS packages, written around the texts that were published: no release is rebuilt to be served."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.core.canonical import text_of
from portal.notices.canonical import instant
from portal.notices.publisher import Publisher

VERSION = "1.1"
EXTENSIONS = [
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
]


@dataclass(frozen=True)
class Published:
    """One release as it was published: its number in the order of publication, when, and its text."""

    number: int
    published_at: datetime
    text: str


def release_package(
    releases: Iterable[Published], *, publisher: Publisher, uri: str, page_size: int, now: datetime
) -> Iterator[str]:
    """Write a release package piece by piece, at most `page_size` releases, with the address of the next
    page.

    `releases` may hold one more than a page: that there is one more is how the next page is known. `uri` is
    the package's own address; `now` dates a package without releases.
    """
    yield _head(publisher, uri) + ',"releases":['
    last: Published | None = None
    more = False
    for index, release in enumerate(releases):
        if index == page_size:
            more = True
            break
        yield ("," if last else "") + release.text
        last = release
    dated = instant(last.published_at if last else now)
    yield f'],"publishedDate":{json.dumps(dated)}'
    if more and last:
        following = f"{publisher.public_url}/ocds/releases.json?after={last.number}&limit={page_size}"
        yield f',"links":{text_of({"next": following})}'
    yield "}"


def record_package(*, ocid: str, releases: Iterable[Published], compiled: str, publisher: Publisher, uri: str) -> str:
    """Write the record of one contracting process: every release from the oldest on, and the compiled one."""
    published = list(releases)
    texts = ",".join(release.text for release in published)
    dated = instant(max(release.published_at for release in published))
    return (
        f'{_head(publisher, uri)},"publishedDate":{json.dumps(dated)},'
        f'"records":[{{"ocid":{json.dumps(ocid)},"releases":[{texts}],"compiledRelease":{compiled}}}]}}'
    )


def _head(publisher: Publisher, uri: str) -> str:
    head = {
        "uri": uri,
        "version": VERSION,
        "extensions": EXTENSIONS,
        "publisher": {"name": publisher.name, "uri": publisher.public_url},
    }
    return text_of(head)[:-1]
