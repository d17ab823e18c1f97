"""What a bidder takes away: the whole bid as PDF and as ZIP, its receipt, and the log of what was done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from itertools import chain

from flask import Blueprint, Response, render_template

from portal.bidding.action_log import acts_of
from portal.bidding.contents import Content
from portal.bidding.envelopes import content_of
from portal.bidding.models import Bid, BidVersion
from portal.bidding.printed import bid_document, log_document, receipt_document
from portal.bidding.queries import own_bid
from portal.bidding.receipts import whole_receipt
from portal.bidding.stored_files import readers_of_files
from portal.bidding.views.pages import around, asked, asked_then, draft_of, file_store, submitted_parts
from portal.core import clock
from portal.core.archives import unique_names, zipped
from portal.core.errors import NotFound, SealBroken
from portal.core.pdf import make_pdf
from portal.core.signed import as_text
from portal.web.access import actor, for_provider
from portal.web.downloads import attachment, csv_download, stream_download

bp = Blueprint("bid_copies", __name__, url_prefix="/provider/bids")

PDF, ZIP = "application/pdf", "application/zip"


@bp.get("/<reference>/draft.pdf")
@for_provider()
def draft_pdf(reference: str) -> Response:
    """The draft as it is now, as a document."""
    bid = own_bid(reference, actor())
    return attachment(f"{bid.reference}-draft.pdf", _printed(bid, draft_of(bid)), PDF)


@bp.get("/<reference>/draft.zip")
@for_provider()
def draft_zip(reference: str) -> Response:
    """The draft as it is now, with its files."""
    bid = own_bid(reference, actor())
    content = draft_of(bid)
    own = [("draft.pdf", _printed(bid, content))]
    return stream_download(f"{bid.reference}-draft.zip", _archive(bid, content, own), ZIP)


@bp.get("/<reference>/submitted/<int:number>.pdf")
@for_provider()
def submitted_pdf(reference: str, number: int) -> Response:
    """A submitted version as a document."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    return attachment(f"{bid.reference}-version-{number}.pdf", _printed(bid, content_of(parts), version), PDF)


@bp.get("/<reference>/submitted/<int:number>.zip")
@for_provider()
def submitted_zip(reference: str, number: int) -> Response:
    """A submitted version with its files and its receipt."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    receipt, content = whole_receipt(version.receipt, parts), content_of(parts)
    own = [
        (f"bid-version-{number}.pdf", _printed(bid, content, version)),
        ("receipt.pdf", make_pdf(receipt_document(bid, version, receipt))),
        ("receipt.json", as_text(receipt).encode()),
    ]
    return stream_download(f"{bid.reference}-version-{number}.zip", _archive(bid, content, own), ZIP)


@bp.get("/<reference>/receipt/<int:number>.pdf")
@for_provider()
def receipt_pdf(reference: str, number: int) -> Response:
    """The receipt of a version as a document."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    document = receipt_document(bid, version, whole_receipt(version.receipt, parts))
    return attachment(f"receipt-{bid.reference}-{number}.pdf", make_pdf(document), PDF)


@bp.get("/<reference>/log")
@for_provider()
def log(reference: str) -> str:
    """What was done with the bid."""
    bid = own_bid(reference, actor())
    return render_template("bidding/provider/log.html", bid=bid, acts=acts_of(bid, actor()), **around(bid))


@bp.get("/<reference>/log.csv")
@for_provider()
def log_csv(reference: str) -> Response:
    """The same as a table for spreadsheets, times in UTC."""
    bid = own_bid(reference, actor())
    rows = [(act.at.astimezone(UTC).isoformat(), act.what, act.who, act.hash) for act in acts_of(bid, actor())]
    return csv_download(f"{bid.reference}-log.csv", ("When (UTC)", "What", "Who", "Hash in the ledger"), rows)


@bp.get("/<reference>/log.pdf")
@for_provider()
def log_pdf(reference: str) -> Response:
    """The same as a document."""
    bid = own_bid(reference, actor())
    document = log_document(bid, acts_of(bid, actor()), now=clock.now())
    return attachment(f"{bid.reference}-log.pdf", make_pdf(document), PDF)


def _printed(bid: Bid, content: Content, version: BidVersion | None = None) -> bytes:
    sections = (asked_then(bid, version) if version else asked(bid))[1]
    return make_pdf(bid_document(bid, sections, content, version=version, now=clock.now()))


def _archive(bid: Bid, content: Content, own: list[tuple[str, bytes]]) -> Iterator[bytes]:
    readers = readers_of_files(bid=bid, actor=actor(), content=content, files=file_store())
    return zipped(chain(own, _files(readers)), at=clock.now())


def _files(readers: Sequence[tuple[str, Callable[[], bytes]]]) -> Iterator[tuple[str, bytes]]:
    """Each file in its turn; one that cannot be read says so in its place, and the others still come."""
    for name, (_name, read) in zip(unique_names(name for name, _read in readers), readers, strict=True):
        try:
            yield f"files/{name}", read()
        except (NotFound, SealBroken) as broken:
            yield f"files/{name} - could not be read.txt", broken.message.encode()
