"""The Atom feed of open opportunities (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from portal.core.words import london
from portal.notices.models import Notice
from portal.notices.publisher import Publisher
from portal.tendering.models import InvitationToTender

ATOM = "http://www.w3.org/2005/Atom"
SUMMARY_LENGTH = 500

# XML 1.0 has no way to write these, not even escaped, and somebody will paste one out of a word processor.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def opportunities_feed(
    entries: Sequence[tuple[Notice, InvitationToTender]],
    *,
    publisher: Publisher,
    address: str,
    next_address: str | None,
    now: datetime,
) -> bytes:
    """Write the feed as UTF-8 XML; `address` is the feed's own, `next_address` that of the following page."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", f"{publisher.public_url}/feeds/opportunities.atom")
    _add(feed, "title", f"Open opportunities – {publisher.name}")
    _add(feed, "updated", _instant(max((itt.ended_at or notice.published_at for notice, itt in entries), default=now)))
    ET.SubElement(feed, _tag("link"), rel="self", href=address, type="application/atom+xml")
    ET.SubElement(feed, _tag("link"), rel="alternate", href=f"{publisher.public_url}/opportunities", type="text/html")
    if next_address:
        ET.SubElement(feed, _tag("link"), rel="next", href=next_address, type="application/atom+xml")
    for notice, itt in entries:
        feed.append(_entry(notice, itt, publisher))
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _entry(notice: Notice, itt: InvitationToTender, publisher: Publisher) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    _add(entry, "id", publisher.notice_url(notice.reference))
    _add(entry, "title", f"Cancelled: {itt.title}" if itt.ended_at else itt.title)
    _add(entry, "updated", _instant(itt.ended_at or notice.published_at))
    _add(entry, "published", _instant(notice.published_at))
    author = ET.SubElement(entry, _tag("author"))
    _add(author, "name", itt.authority.name)
    href = publisher.opportunity_url(itt.reference)
    ET.SubElement(entry, _tag("link"), rel="alternate", href=href, type="text/html")
    for code in itt.cpv_codes:
        ET.SubElement(entry, _tag("category"), term=code, scheme="CPV")
    _add(entry, "summary", _summary(itt))
    return entry


def _summary(itt: InvitationToTender) -> str:
    if itt.ended_at:
        return f"The buyer cancelled this on {london(itt.ended_at)}."
    closes = f"Closes {_instant(itt.closes_at)}. " if itt.closes_at else ""
    words = itt.description
    if len(words) > SUMMARY_LENGTH:
        words = words[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"
    return closes + words


def _add(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, _tag(name)).text = _NOT_IN_XML.sub("", value)


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
