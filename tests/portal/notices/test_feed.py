"""The Atom feed as XML."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from portal.notices.feed import opportunities_feed
from portal.notices.models import Notice
from portal.organisations.models import ContractingAuthority
from portal.tendering.models import InvitationToTender
from tests.factories.notices import PUBLISHER

ATOM = {"a": "http://www.w3.org/2005/Atom"}
ADDRESS = "https://fairlot.example/feeds/opportunities.atom"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(title: str = "Early help", description: str = "Words.") -> tuple[Notice, InvitationToTender]:
    """An open invitation with its notice, not stored anywhere."""
    itt = InvitationToTender(
        reference="ITT-1",
        title=title,
        description=description,
        cpv_codes=["85311300"],
        closes_at=NOON,
        authority=ContractingAuthority(name="Demo Council"),
    )
    return Notice(reference="ITT-1-UK4", published_at=NOON), itt


def feed(*entries: tuple[Notice, InvitationToTender], next_address: str | None = None) -> ET.Element:
    body = opportunities_feed(entries, publisher=PUBLISHER, address=ADDRESS, next_address=next_address, now=NOON)
    return ET.fromstring(body)


def test_an_entry_has_what_atom_asks_for() -> None:
    """Id, title, updated, author, link, code and summary."""
    one = feed(entry()).find("a:entry", ATOM)
    assert one is not None
    assert one.findtext("a:id", "", ATOM) == "https://fairlot.example/notices/ITT-1-UK4"
    assert one.findtext("a:title", "", ATOM) == "Early help"
    assert one.findtext("a:updated", "", ATOM) == "2026-11-22T12:00:00Z"
    assert one.findtext("a:author/a:name", "", ATOM) == "Demo Council"
    assert one.findtext("a:summary", "", ATOM) == "Closes 2026-11-22T12:00:00Z. Words."
    link, category = one.find("a:link", ATOM), one.find("a:category", ATOM)
    assert link is not None
    assert link.get("href") == "https://fairlot.example/opportunities/ITT-1"
    assert category is not None
    assert (category.get("term"), category.get("scheme")) == ("85311300", "CPV")


def test_markup_and_control_characters_stay_words() -> None:
    """Angle brackets are escaped, and what XML cannot write is left out, so the feed always parses."""
    one = feed(entry("<b>A & B</b>\x0b", "Line\x00 one\ud800")).find("a:entry", ATOM)
    assert one is not None
    assert one.findtext("a:title", "", ATOM) == "<b>A & B</b>"
    assert one.findtext("a:summary", "", ATOM) == "Closes 2026-11-22T12:00:00Z. Line one"


def test_a_long_description_is_cut_between_words() -> None:
    """The summary ends with a whole word and an ellipsis."""
    summary = feed(entry(description="word " * 200)).findtext("a:entry/a:summary", "", ATOM)
    assert summary.endswith("word …")
    assert len(summary) < 550


def test_an_empty_feed_is_a_feed() -> None:
    """Without opportunities there are no entries, and still an id, a title and a date."""
    root = feed()
    assert root.findall("a:entry", ATOM) == []
    assert root.findtext("a:updated", "", ATOM) == "2026-11-22T12:00:00Z"
    assert root.findtext("a:id", "", ATOM) == ADDRESS


def test_the_next_page_is_linked() -> None:
    """A feed with more opportunities names the next page."""
    root = feed(entry(), next_address=f"{ADDRESS}?before=5")
    following = [link.get("href") for link in root.findall("a:link", ATOM) if link.get("rel") == "next"]
    assert following == [f"{ADDRESS}?before=5"]
