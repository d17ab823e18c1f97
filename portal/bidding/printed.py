"""A bid, its receipt and what was done with it, as documents to keep (`core.pdf`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.bidding.action_log import Act
from portal.bidding.confidential import marked_in
from portal.bidding.contents import Content
from portal.bidding.models import Bid, BidVersion
from portal.bidding.partners import partners_in
from portal.bidding.progress import Section, questions_of
from portal.bidding.receipts import secrets_of
from portal.core.pdf import Document, Facts, Heading, Part, Table, Text
from portal.core.spelled import pounds_spelled
from portal.core.words import filesize, london, micro, pounds, to_the_second
from portal.tendering.models import Question
from portal.tendering.question_kinds.schedule import schedule_in

WHEN = {False: "Received on time and sealed", True: "Received after the closing time, sealed, and admitted since"}
_NOT_GIVEN = {True: "Not given yet", False: "Not given. It does not have to be."}


def bid_document(
    bid: Bid, sections: Sequence[Section], content: Content, *, version: BidVersion | None, now: datetime
) -> Document:
    """The whole bid: who, for what, every answer, the price, and every file with its SHA-256.

    `version`: the submitted one that the content is of; None for the draft, which says of itself that it is one.
    """
    if version is None:
        lead = f"A draft, as it was at {london(now)}. It was not submitted like this: only what has a receipt counts."
    else:
        lead = f"Version {version.number}, received {micro(version.received_at)}, as it was read back from its seal."
    said = [*_answers(sections, content), *_price(bid, content), *_files(sections, content)]
    parts = [
        *_about(bid, version),
        *said,
        *_partners(content),
        *_marked(sections, content),
        *_declared(content),
    ]
    named = f"{bid.reference}, " + (f"version {version.number}" if version else "draft")
    return Document(f"Bid of {bid.provider.name}: {bid.itt.title}", lead, named, tuple(parts), now)


def receipt_document(bid: Bid, version: BidVersion, receipt: Mapping[str, Any]) -> Document:
    """The receipt of a version, to be read and filed; what proves it is the signed file."""
    body = receipt["body"]
    signature = receipt["signature"]
    parts: list[Part] = [
        Facts(
            (
                ("Bidder", body["provider"]),
                ("Invitation", f"{body['itt']}: {body['itt_title']}"),
                ("Lot", str(body["lot"])),
                ("Bid", body["reference"]),
                ("Version", str(body["version"])),
                ("Received", f"{micro(version.received_at)} ({london(version.received_at)})"),
            )
        ),
        Heading("Files"),
        *_file_table([(entry, entry["question"]) for entry in body["files"]]),
        Heading("How to prove it"),
        Text(
            "Keep the signed receipt, a file that ends in .json, with this page: it holds the same values, and whoever "
            "has it can check it without this portal. Do not pass on a secret number before the bids are opened: with "
            "it somebody could try out prices against the commitment."
        ),
        Facts(
            (
                ("Commitment to answers, files and price (SHA-256)", f"\n{body['commitment']}"),
                *((name, f"\n{secret}") for name, secret in secrets_of(receipt)),
                (f"Fingerprint of the record’s entry {body['ledger']['position']}", f"\n{body['ledger']['hash']}"),
                ("Signature (Ed25519)", f"\n{signature[:64]}\n{signature[64:]}"),
                (f"Signed with key {receipt['key_id']}", f"\n{receipt['public_key']}"),
            )
        ),
    ]
    lead = f"{WHEN['late' in body]}: {london(version.received_at)}."
    return Document(
        f"Receipt for {bid.reference}, version {version.number}", lead, bid.reference, tuple(parts), version.received_at
    )


def log_document(bid: Bid, acts: Sequence[Act], *, now: datetime) -> Document:
    """What was done with the bid, oldest first."""
    rows = tuple((to_the_second(act.at), f"{act.what}\n{act.hash}", act.who) for act in acts)
    parts = (*_about(bid, None), Heading("What was done"), Table(("When", "What", "Who"), rows, (5, 10, 4)))
    done = f"Everything that your organisation did with this bid until {london(now)}"
    lead = f"{done}, with the fingerprint of each entry of the portal’s record."
    return Document(f"Log of {bid.reference}: {bid.itt.title}", lead, bid.reference, parts, now)


def _about(bid: Bid, version: BidVersion | None) -> Iterator[Part]:
    facts = [
        ("Bidder", bid.provider.name),
        ("Buyer", bid.itt.buyers_called),
        ("Invitation", f"{bid.itt.reference}: {bid.itt.title}"),
        ("Lot", f"{bid.lot.number}: {bid.lot.title}"),
        ("Bid", bid.reference),
        ("Closing time", london(bid.itt.closes_at)),
    ]
    if version is not None:
        facts.append(("Commitment (SHA-256)", f"\n{version.commitment}"))
    yield Facts(tuple(facts))


def _answers(sections: Sequence[Section], content: Content) -> Iterator[Part]:
    for section in sections:
        yield Heading(section.title)
        for question in section.questions:
            yield Heading(question.prompt, 3)
            yield Text("\n\n".join(_answer(question, content)))


def _price(bid: Bid, content: Content) -> Iterator[Part]:
    schedule = schedule_in(question.asked for question in questions_of(bid))
    yield Heading("Price")
    if schedule is None:
        price = content.price
        yield Text(f"{pounds(price)} for the whole term: {pounds_spelled(price)}" if price else "Not given yet")
        return
    shown = schedule.shown(content.answers)
    yield Text(shown.text or "Not given yet")
    if shown.table:
        rows = tuple(tuple(line) for line in shown.table.rows)
        yield Table(tuple(shown.table.columns), rows, (9, 6, *[4] * (len(shown.table.columns) - 2)))
    if shown.note:
        yield Text(shown.note)


def _answer(question: Question, content: Content) -> Iterator[str]:
    shown, files = question.asked.shown(content.answers), content.files_of(question.key)
    if shown.text:
        yield shown.text
    if shown.note:
        yield f"({shown.note})"
    if files:
        yield "Attached: " + ", ".join(entry["name"] for entry in files)
    if not shown.text and not files:
        yield _NOT_GIVEN[question.required]


def _files(sections: Sequence[Section], content: Content) -> Iterator[Part]:
    prompts = {question.key: question.prompt for section in sections for question in section.questions}
    yield Heading("Files")
    yield from _file_table([(entry, prompts.get(entry["question"], "")) for entry in content.files])


def _file_table(files: Sequence[tuple[Mapping[str, Any], str]]) -> Iterator[Part]:
    if not files:
        yield Text("No file is attached.")
        return
    rows = tuple(
        (f"{entry['name']}\nSHA-256 {entry['sha256']}", question, filesize(entry["size"])) for entry, question in files
    )
    yield Table(("File", "Answers", "Size"), rows, (14, 6, 3))


def _partners(content: Content) -> Iterator[Part]:
    if content.partners:
        yield Heading("Partners and subcontractors")
    for partner in partners_in(content):
        yield Heading(partner.name, 3)
        facts = [
            ("What they are", partner.kind_words),
            ("What they would do", partner.part),
            ("Confirmed by", partner.confirmed_by),
            ("Declared", partner.statement),
        ]
        yield Facts((*([("Number", partner.number)] if partner.number else []), *facts))


def _marked(sections: Sequence[Section], content: Content) -> Iterator[Part]:
    marked = marked_in(content, [question.asked for section in sections for question in section.questions])
    if marked:
        yield Heading("Marked as confidential")
        yield Facts(tuple(marked))


def _declared(content: Content) -> Iterator[Part]:
    if content.declared:
        yield Heading("Declared by submitting")
        yield Text("\n\n".join(content.declared))
