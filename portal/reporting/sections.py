"""How it was to be judged, and who judged: sections of an evaluation report, each from data to parts of a document.

A statutory record, a committee report or a bundle takes any of them by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from portal.awarding.models import SettingAside
from portal.core.pdf import Facts, Heading, Part, Table, Text
from portal.core.words import counted, listed, london, london_short, marks, pounds
from portal.evaluation.models import PanelWork
from portal.evaluation.published_method import points
from portal.evaluation.sharing_models import Sharing
from portal.evaluation.states import MemberRole
from portal.reporting.gathering import LotOutcome, Seat, Viewing
from portal.tendering.alike import Alike, alike_lots
from portal.tendering.interests.links import kind_in_words
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.states import Extent, MitigationOutcome
from portal.tendering.method import hash_for
from portal.tendering.method_rules import combine_words, minimum_words
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.tie_breaks import tie_break_words
from portal.tendering.weighing import Row

ROLE = {
    MemberRole.CHAIR: "Chair",
    MemberRole.MEMBER: "Member",
    MemberRole.YOUNG_MEMBER: "Young person",
    MemberRole.FACILITATOR: "Facilitator",
}
Names = Mapping[uuid.UUID, str]


def method_section(itt: InvitationToTender) -> Iterator[Part]:
    """The method as it was published: criteria, panels and their shares, scales, price, ties, and its hash."""
    yield Heading("The method as published")
    yield Text(
        "Every bid is scored out of 100 marks. The method was fixed at publication, and its hash with it: whoever has "
        "the method can work the hash out again."
    )
    for alike in alike_lots(itt):
        yield from _criteria(alike)
    yield Heading("Panels", 3)
    yield Facts(tuple((panel.name, combine_words(panel)) for panel in itt.panels))
    for scale in itt.scales:
        yield Heading(f"Scale {scale.key}", 3)
        rows = tuple((marks(point.score), point.label, point.descriptor) for point in points(scale))
        yield Table(("Score", "Called", "Meaning"), rows, (2, 5, 12))
    yield Heading("When two bids have the same total", 3)
    yield Text(tie_break_words(itt))
    yield Heading("Hash of the method", 3)
    yield Facts(tuple((f"Lot {lot.number}", f"\n{hash_for(lot)}") for lot in itt.lots))


def _criteria(alike: Alike) -> Iterator[Part]:
    yield Heading(f"Criteria and weights{alike.where}", 3)
    panels = [part.panel for part in alike.weights.parts if part.panel is not None]
    rows = tuple(
        (
            ", ".join([*row.path, row.criterion.title]) if row.criterion.title not in row.path else ", ".join(row.path),
            marks(row.marks),
            "The price" if row.is_price else _shares(panels, row.by_panel),
        )
        for row in alike.weights.rows
    )
    yield Table(("Criterion", "Marks", "Who gives them"), rows, (9, 2, 8))
    described = [(row.criterion.title, _described(row)) for row in alike.weights.rows]
    if any(words for _, words in described):
        yield Facts(tuple((title, words) for title, words in described if words))
    if alike.formula is not None and alike.stated is not None:
        yield Heading(f"How the price earns its marks{alike.where}", 3)
        yield Text(f"{alike.formula.title}. {alike.formula.sentence}")
        yield Facts(tuple(_parameters(alike)))


def _shares(panels: Sequence[Panel], by_panel: Mapping[uuid.UUID, Fraction]) -> str:
    return listed(f"{panel.name} {marks(by_panel[panel.id])}" for panel in panels if by_panel.get(panel.id))


def _described(row: Row) -> str:
    return "\n".join(filter(None, [row.criterion.guidance, minimum_words(row.criterion)]))


def _parameters(alike: Alike) -> Iterator[tuple[str, str]]:
    assert alike.formula is not None
    assert alike.stated is not None
    for parameter in alike.formula.parameters:
        if parameter.key not in alike.stated:
            continue
        given = alike.stated[parameter.key]
        if parameter.columns:
            yield parameter.label, "\n".join(" → ".join(f"{figure}%" for figure in row) for row in given)
        else:
            yield parameter.label, f"{pounds(given)} for the whole term"


def panels_section(
    panels: Sequence[Panel],
    seats: Sequence[Seat],
    works: Mapping[uuid.UUID, PanelWork],
    shared: Mapping[uuid.UUID, Sharing],
    names: Names,
) -> Iterator[Part]:
    """Who sat on which panel, since when and until when, and the record of each panel's meeting."""
    yield Heading("Who judged")
    yield Text(
        "Young people are named by the alias that they chose, and by nothing else. Each member was led through the "
        "bids in an order of their own, drawn with their appointment. The workbook has it, and the ledger the place of "
        "each bid."
    )
    for panel in panels:
        yield Heading(panel.name, 3)
        rows = tuple(
            (seat.name, ROLE[seat.role], london_short(seat.appointed_at), _state(seat))
            for seat in seats
            if seat.panel is panel
        )
        if rows:
            yield Table(("Name", "Role", "Appointed", "State"), rows, (6, 4, 5, 7))
        else:
            yield Text("Nobody was appointed to it.")
        if panel.id in shared:
            one = shared[panel.id]
            yield Text(
                f"The bids were shared out: each was scored by {counted(one.least, 'member')} at the least, and nobody "
                f"scored more than {counted(one.most, 'bid')}. Who scored what follows from the seed "
                f"{one.seed}, and is in the ledger."
            )
        work = works.get(panel.id)
        if work is not None and work.closed_at is not None:
            closed_by = f" by {names[work.closed_by_id]}" if work.closed_by_id else ""
            yield Facts(
                (("Closed", f"{london(work.closed_at)}{closed_by}"), ("Record of the meeting", work.meeting_record))
            )


def _state(seat: Seat) -> str:
    left = seat.recused_at or seat.removed_at
    return f"{seat.state} ({london_short(left)})" if left else seat.state


def reopened_section(set_aside: Sequence[SettingAside], names: Names) -> Iterator[Part]:
    """When panels agreed their scores again, why, and the records of their meetings before; nothing where none did."""
    if not set_aside:
        return
    yield Heading("Scores that were agreed again")
    for act in set_aside:
        decided_by = names[act.decided_by_id] if act.decided_by_id else ""
        yield Facts(
            (
                ("Which panel", act.panel.name if act.panel else "Every panel"),
                ("Decided", f"{london(act.decided_at)} by {decided_by}, proposed by {names[act.proposed_by_id]}"),
                ("Why", act.reason),
                *((f"Record of the meeting before, {key}", words) for key, words in sorted(act.meetings.items())),
            )
        )


STEPPED_BACK = {
    Extent.LOT: "Stepped back from the lot at once.",
    Extent.WHOLE: "Stepped back from the whole procurement at once.",
}
FOLLOWS = {
    MitigationOutcome.NOTHING: "Goes on, with no conditions",
    MitigationOutcome.CONDITIONS: "Goes on, on conditions",
    MitigationOutcome.LOT: "Taken out of the lot",
    MitigationOutcome.WHOLE: "Taken out",
}


INTEREST_COLUMNS = ("Name", "Part", "Declared", "Kind of link", "What", "How it was managed")


def interests_section(interests: Sequence[Interest], names: Names) -> Iterator[Part]:
    """What everybody who influenced it declared, and how each interest was managed."""
    yield Heading("Interests, and how each was managed")
    rows = tuple(interest_rows(interests, names))
    if not rows:
        yield Text("Nobody stands in the register of interests.")
        return
    yield Table(INTEREST_COLUMNS, rows, (5, 4, 4, 5, 6, 7))


def interest_rows(interests: Sequence[Interest], names: Names) -> Iterator[tuple[str, ...]]:
    """Each entry of the register in words."""
    for one in interests:
        if one.declared_at is None:
            declared, what = "Not declared", ""
        else:
            declared, what = london_short(one.declared_at), one.detail if one.has_interest else "No interest"
        part = one.panel.name if one.panel else one.part or "Works on it for the buyer"
        yield one.user.display_name, part, declared, kind_in_words(one), what, _managed(one, names)


def _managed(one: Interest, names: Names) -> str:
    answers = [_answer(answer, names) for answer in one.mitigations]
    if one.stepped_back_from is not None and not answers:
        answers = [STEPPED_BACK[one.stepped_back_from]]
    return "\n".join(answers) if answers or not one.has_interest else "Nobody has answered it."


def _answer(answer: Mitigation, names: Names) -> str:
    stays = FOLLOWS[answer.outcome]
    decided = f", decided by {names[answer.decided_by_id]}" if answer.decided_by_id else ", not decided"
    state = "" if answer.status.is_agreed else f" [{answer.status.value}]"
    return f"{stays}: {answer.words} (proposed by {names[answer.proposed_by_id]}{decided}){state}"


def viewings_section(viewings: Sequence[Viewing], bids: int) -> Iterator[Part]:
    """What each person read, as the ledger has it: how many bids and files, from when to when."""
    yield Heading("What each person read")
    yield Text(
        "As the ledger has it: the same page or file within a quarter of an hour is one viewing. Each bid and file by "
        "itself is in the workbook."
    )
    by_person: dict[str, list[Viewing]] = {}
    for viewing in viewings:
        by_person.setdefault(viewing.person, []).append(viewing)
    rows = tuple(
        (
            person,
            f"{len({viewing.bid for viewing in seen})} of {bids}",
            str(sum(viewing.times for viewing in seen if not viewing.is_file)),
            str(sum(viewing.times for viewing in seen if viewing.is_file)),
            london_short(min(viewing.first_at for viewing in seen)),
            london_short(max(viewing.last_at for viewing in seen)),
        )
        for person, seen in by_person.items()
    )
    if rows:
        yield Table(("Name", "Bids", "Answers", "Files", "First", "Last"), rows, (6, 3, 3, 2, 5, 5))
    else:
        yield Text("Nobody’s viewing is on record.")


def bids_section(outcome: LotOutcome) -> Iterator[Part]:
    """The bids for a lot: which version was judged, and those that were not, with why."""
    yield Heading(f"Lot {outcome.lot.number}: the bids", 3)
    yield Text(f"{counted(len(outcome.bids), 'bid was', 'bids were')} opened.")
    rows = tuple(
        (bid.called, bid.reference, f"{bid.version}, {london_short(bid.received_at)}", bid.why_not or "Judged")
        for bid in outcome.bids.values()
    )
    if rows:
        yield Table(("Bid", "Reference", "Version, received", "State"), rows, (7, 5, 6, 5))
