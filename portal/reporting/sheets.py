"""The report of an evaluation as a workbook: a row for each mark, so that it can be filtered and counted again.

Cells are text or figures and never formulas; no sheet, row or column is hidden, and the file names no author.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.core.listings import Listing, list_workbook
from portal.core.words import london_short, marks
from portal.evaluation.models import ModeratedScore
from portal.evaluation.reading_order import order_met
from portal.evaluation.states import MemberRole
from portal.reporting.cells import CONSENTED, DISSENTED, NOT_HIGHER, NOT_LOWER, OUTSIDE, consents, dissents, judged_on
from portal.reporting.firmness import checks
from portal.reporting.gathering import Evaluation, LotOutcome
from portal.reporting.marks import given_marks
from portal.reporting.result_sections import price_rows
from portal.reporting.sections import INTEREST_COLUMNS, ROLE, interest_rows
from portal.tendering.method import hash_for

Rows = Iterator[tuple[str, ...]]
_CELL = ("Lot", "Bid", "Bidder", "Criterion", "Panel")
_CELL_WIDTHS = (5, 12, 24, 30, 20)


def report_workbook(found: Evaluation, *, now: datetime) -> bytes:
    """The whole report, for those in the authority who may read it."""
    return list_workbook(_sheets(found, now), at=now)


def _sheets(found: Evaluation, now: datetime) -> Iterator[Listing]:
    interests = interest_rows(found.interests, found.names)
    yield Listing("About", ("What", "Value"), (32, 90), _about(found, now))
    yield _ranking(found)
    columns: tuple[str, ...] = ("Lot", "Bid", "Figure", "Worked out", "Gives")
    yield Listing("Prices", columns, (5, 30, 24, 70, 12), _prices(found), {"Gives"})
    yield _agreed(found)
    yield _given(found)
    columns = ("Panel", "Name", "Role", "Appointed", "State")
    yield Listing("Panels", columns, (24, 24, 14, 22, 40), _seats(found))
    columns = ("Panel", "Name", "Place", "Bid")
    yield Listing("Order of reading", columns, (24, 24, 8, 14), _order(found), {"Place"})
    yield Listing("Interests", INTEREST_COLUMNS, (24, 24, 22, 40, 50, 60), interests)
    columns = ("Name", "Bid", "What", "Times", "First", "Last")
    yield Listing("Viewings", columns, (24, 14, 50, 8, 24, 24), _seen(found), {"Times"})
    columns = ("Lot", "Bid", "Question", "File", "Bytes", "SHA-256")
    yield Listing("Documents", columns, (5, 12, 40, 40, 12, 70), _files(found), {"Bytes"})
    columns = ("Lot", "Check", "What it says", "Error")
    yield Listing("How firm", columns, (5, 32, 90, 40), _firm(found))


def _about(found: Evaluation, now: datetime) -> Rows:
    itt = found.itt
    yield "Invitation", f"{itt.reference}: {itt.title}"
    yield "Buyer", itt.buyers_called
    yield "As the record stood at", london_short(now)
    yield "Confidential", "It names people and bidders. Young people are named by the alias that they chose."
    yield "Where the method is", "In the document of this report, and on the page of the invitation."
    for outcome in found.outcomes:
        lot = f"Lot {outcome.lot.number}"
        yield f"{lot}: hash of the method", str(hash_for(outcome.lot))
        if outcome.result is not None:
            yield f"{lot}: hash of the inputs", outcome.result.inputs_hash
    for panel in found.itt.panels:
        work = found.works.get(panel.id)
        if work is not None and work.closed_at is not None:
            yield f"{panel.name}: closed", london_short(work.closed_at)
            yield f"{panel.name}: record of the meeting", work.meeting_record
    for act in found.set_aside:
        yield "Scores were agreed again", f"{london_short(act.decided_at)}: {act.reason}"
        for key, words in sorted(act.meetings.items()):
            yield f"Record of the meeting before, {key}", words


def _ranking(found: Evaluation) -> Listing:
    panels = [panel for panel in found.itt.panels if panel.counts]
    columns = (
        "Lot",
        "Rank",
        "Bid",
        "Bidder",
        "Reference",
        *(panel.name for panel in panels),
        "Price",
        "Total",
        "State",
    )
    figures = {"Rank", "Price", "Total", *(panel.name for panel in panels)}
    rows = (row for outcome in found.outcomes for row in _ranked(outcome, [panel.key for panel in panels]))
    widths = (5, 6, 12, 28, 16, *[14] * len(panels), 14, 12, 60)
    return Listing("Ranking", columns, widths, rows, figures)


def _ranked(outcome: LotOutcome, panels: list[str]) -> Rows:
    awarded = {place.bid_id for place in outcome.places}
    ranked = {entry["bid"]: entry for entry in outcome.ranking}
    ordered = [*ranked, *(key for key in outcome.bids if key not in ranked)]
    for key in ordered:
        bid, entry = outcome.bids[key], ranked.get(key)
        state = (
            "Awarded" if bid.bid_id in awarded else bid.why_not or ("Ranked" if entry else "Ruled out by the method")
        )
        by_panel = [marks(entry["panels"].get(panel, "0")) if entry else "" for panel in panels]
        rank, total = (str(entry["rank"]), marks(entry["total"])) if entry else ("", "")
        price = "" if bid.price is None else format(bid.price, "f")
        lot = str(outcome.lot.number)
        yield lot, rank, bid.label, bid.provider, bid.reference, *by_panel, price, total, state


def _prices(found: Evaluation) -> Rows:
    for outcome in found.outcomes:
        for row in price_rows(outcome):
            yield str(outcome.lot.number), *row


def _lots(found: Evaluation) -> dict[object, str]:
    return {bid.bid_id: str(outcome.lot.number) for outcome in found.outcomes for bid in outcome.bids.values()}


def _agreed(found: Evaluation) -> Listing:
    said = (NOT_HIGHER, NOT_LOWER, OUTSIDE, CONSENTED, DISSENTED)
    columns = (*_CELL, "Mark", "Reason", "Written down by", "Agreed", *said, "Stands since", "Replaced", "Judged on")
    widths = (*_CELL_WIDTHS, 7, 80, 24, 24, 40, 40, 40, 50, 50, 24, 24, 70)
    return Listing("Agreed marks", columns, widths, _agreed_rows(found), {"Mark"})


def _agreed_rows(found: Evaluation) -> Rows:
    lots, bids = _lots(found), found.bids

    def row(score: ModeratedScore) -> tuple[str, ...]:
        bid = bids[score.bid_id]
        stands, replaced = (london_short(at) if at else "" for at in (score.stands_at, score.superseded_at))
        said = found.said.get(score.id, ())
        return (
            lots[bid.bid_id],
            bid.label,
            bid.provider,
            score.criterion.title,
            score.panel.name,
            marks(score.score),
            score.reason,
            found.names[score.agreed_by_id],
            london_short(score.agreed_at),
            score.not_higher,
            score.not_lower,
            score.outside_reason,
            consents(said),
            dissents(said),
            stands,
            replaced,
            judged_on(bid, score.criterion, found.itt),
        )

    return map(row, found.agreed)


def _given(found: Evaluation) -> Listing:
    columns = (*_CELL, "Member", "Role", "Mark", "Reason", "Saved", "Submitted", "Counts")
    widths = (*_CELL_WIDTHS, 20, 14, 7, 80, 24, 24, 30)
    return Listing("Members’ marks", columns, widths, _given_rows(found), {"Mark"})


def _given_rows(found: Evaluation) -> Rows:
    lots = _lots(found)
    for mark in given_marks(found):
        yield (
            lots[mark.bid.bid_id],
            mark.bid.label,
            mark.bid.provider,
            mark.criterion.title,
            mark.seat.panel.name,
            mark.seat.name,
            ROLE[mark.seat.role],
            marks(mark.score),
            mark.reason,
            london_short(mark.saved_at),
            london_short(mark.submitted_at),
            mark.why_not or "Yes",
        )


def _seats(found: Evaluation) -> Rows:
    for seat in found.seats.values():
        yield seat.panel.name, seat.name, ROLE[seat.role], london_short(seat.appointed_at), seat.state


def _order(found: Evaluation) -> Rows:
    judged = [bid.bid_id for bid in found.bids.values() if bid.stands]
    scoring = [member_id for member_id, seat in found.seats.items() if seat.role is not MemberRole.FACILITATOR]
    for member_id, ordered in order_met(scoring, judged).items():
        seat = found.seats[member_id]
        own = found.own_bids.get(member_id, frozenset())
        for place, bid_id in enumerate((bid_id for bid_id in ordered if bid_id in own), 1):
            yield seat.panel.name, seat.name, str(place), found.bids[bid_id].label


def _seen(found: Evaluation) -> Rows:
    for one in found.viewings:
        yield one.person, one.bid, one.what, str(one.times), london_short(one.first_at), london_short(one.last_at)


def _files(found: Evaluation) -> Rows:
    prompts = {question.key: question.prompt for question in found.itt.questions}
    for outcome in found.outcomes:
        for bid in outcome.bids.values():
            for file in bid.files:
                prompt = prompts.get(file.question, "")
                yield str(outcome.lot.number), bid.label, prompt, file.name, str(file.size), file.sha256


def _firm(found: Evaluation) -> Rows:
    for outcome in found.outcomes:
        if outcome.result is not None and outcome.result.diagnostics:
            for check in checks(outcome.result.diagnostics, outcome.names, is_known=found.itt.has_outcome):
                yield str(outcome.lot.number), *check
