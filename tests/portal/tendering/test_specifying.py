"""Outcomes, outputs and activities of a draft: whole or refused beside the field, frozen with what is published."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
import sqlalchemy.exc

from portal.core import clock
from portal.core.canonical import sha256_of
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering import specifying
from portal.tendering.copying import copy_itt
from portal.tendering.method_versions import method_version
from portal.tendering.models import InvitationToTender
from portal.tendering.public_record import published
from portal.tendering.specification_models import LineKind, MeasurePeriod, SpecificationLine, TargetSide
from portal.tendering.specifications import measured_in, specification_of, specification_pdf
from portal.tendering.specifying import Said, add_line, change_line, move_line_up, remove_line
from portal.tendering.starting_points import StartingPoint
from tests.factories.accounts import actor_of, make_person
from tests.factories.tendering import draft_itt, make_commissioner, publish, ready_itt

pytestmark = pytest.mark.usefixtures("db_session")
MEASURED = Said(
    LineKind.OUTCOME, "Families cope", "% of families", Decimal("80.5"), TargetSide.AT_LEAST, MeasurePeriod.QUARTER
)


@pytest.fixture
def officer() -> Actor:
    return make_commissioner()


@pytest.fixture
def itt(officer: Actor) -> InvitationToTender:
    return draft_itt(actor=officer, start=StartingPoint.EMPTY)


def said(words: str, kind: LineKind = LineKind.OUTCOME) -> Said:
    """A line that nothing measures."""
    return Said(kind, words)


def words_of(itt: InvitationToTender) -> list[tuple[str, list[str]]]:
    """Each outcome with its outputs and activities, in words."""
    return [(each.line.words, [part.words for part in each.parts]) for each in specification_of(itt.id)]


def test_a_specification_is_drawn_up_line_by_line(itt: InvitationToTender, officer: Actor) -> None:
    """Outputs and activities stand under their outcome; what is moved changes places with its kind alone."""
    first = add_line(itt=itt, said=MEASURED, actor=officer)
    second = add_line(itt=itt, said=said("Young people are heard"), actor=officer)
    for kind, words in ((LineKind.OUTPUT, "Groups"), (LineKind.ACTIVITY, "Visits"), (LineKind.OUTPUT, "A board")):
        last = add_line(itt=itt, said=said(words, kind), outcome_id=first.id, actor=officer)
    move_line_up(itt=itt, line_id=last.id, actor=officer)
    assert words_of(itt) == [("Families cope", ["A board", "Visits", "Groups"]), ("Young people are heard", [])]
    assert [title for title, _ in specification_of(itt.id)[0].groups] == ["Outputs", "Activities"]
    move_line_up(itt=itt, line_id=second.id, actor=officer)
    move_line_up(itt=itt, line_id=second.id, actor=officer)
    assert [words for words, _ in words_of(itt)] == ["Young people are heard", "Families cope"]
    change_line(itt=itt, line_id=second.id, said=MEASURED, actor=officer)
    assert second.measure_words == "At least 80.5% of families, every quarter"
    assert measured_in(specification_of(itt.id)) == 2
    remove_line(itt=itt, line_id=first.id, actor=officer)
    assert len(words_of(itt)) == 1
    with pytest.raises(NotFound):
        change_line(itt=itt, line_id=last.id, said=MEASURED, actor=officer)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        (Said(LineKind.OUTCOME, " "), ["words"]),
        (Said(LineKind.OUTCOME, "x" * 1001), ["words"]),
        (Said(LineKind.OUTCOME, "Calm", unit="families"), ["target", "period"]),
        (Said(LineKind.OUTCOME, "Calm", target=Decimal(3), period=MeasurePeriod.MONTH), ["unit"]),
        (Said(LineKind.OUTCOME, "Calm", "families", Decimal(-1), period=MeasurePeriod.MONTH), ["target"]),
        (Said(LineKind.OUTCOME, "Calm", "families", Decimal("0.0001"), period=MeasurePeriod.MONTH), ["target"]),
        (Said(LineKind.OUTCOME, "Calm", "families", Decimal(10**9), period=MeasurePeriod.MONTH), ["target"]),
        (Said(LineKind.OUTCOME, "", "f" * 81, Decimal(1), period=MeasurePeriod.MONTH), ["words", "unit"]),
    ],
)
def test_half_a_measure_is_refused_beside_what_is_missing(
    itt: InvitationToTender, officer: Actor, typed: Said, fields: list[str]
) -> None:
    """Unit, target and period are given together or not at all; every fault is said at once."""
    with pytest.raises(InvalidInput) as refused:
        add_line(itt=itt, said=typed, actor=officer)
    refusal = refused.value
    assert [each.field for each in refusal.each] == fields
    assert specification_of(itt.id) == []


def test_there_is_an_end(itt: InvitationToTender, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who pastes for ever is told how many lines there may be."""
    monkeypatch.setattr(specifying, "MOST_LINES", 1)
    add_line(itt=itt, said=said("One"), actor=officer)
    with pytest.raises(InvalidInput, match="at most 1 lines"):
        add_line(itt=itt, said=said("Two"), actor=officer)


def test_a_line_of_another_invitation_is_not_found(itt: InvitationToTender, officer: Actor) -> None:
    """An outcome belongs to its invitation, and nothing is put under one of another."""
    other = add_line(itt=draft_itt(actor=officer), said=MEASURED, actor=officer)
    for line_id in (other.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            add_line(itt=itt, said=said("Visits", LineKind.ACTIVITY), outcome_id=line_id, actor=officer)


def test_only_commissioners_of_the_authority_draw_it_up(itt: InvitationToTender) -> None:
    """An opener may read the draft, and changes nothing of it."""
    with pytest.raises(NotAllowed):
        add_line(itt=itt, said=MEASURED, actor=actor_of(make_person(Role.OPENER, authority=itt.authority)))


def test_what_is_published_stays(officer: Actor) -> None:
    """No act changes a published line, nor does the database; the version's fingerprint covers it."""
    itt = ready_itt(actor=officer)
    line = add_line(itt=itt, said=MEASURED, actor=officer)
    publish(itt, officer)
    with pytest.raises(WrongState):
        change_line(itt=itt, line_id=line.id, said=said("Less"), actor=officer)
    version = method_version(itt.id, 1)
    assert version.stated["specification"][-1] == {
        "words": "Families cope",
        "measure": {"unit": "% of families", "target": "80.5", "side": "at_least", "period": "quarter"},
        "parts": [],
    }
    assert version.hash == sha256_of(version.stated)
    assert published(itt, clock.now(), [])["specification"] == version.stated["specification"]
    with pytest.raises(sqlalchemy.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sqlalchemy.update(SpecificationLine).values(words="Less"))


def test_a_copy_states_the_same(officer: Actor) -> None:
    """A draft begun as a copy has the outcomes of its source, each with lines of its own."""
    source = ready_itt(actor=officer)
    publish(source, officer)
    made = copy_itt(source=source, authority=source.authority, title="Again", actor=officer, now=clock.now())
    assert words_of(made) == words_of(source) != []
    measures = [[each.line.measure_words for each in specification_of(itt.id)] for itt in (source, made)]
    assert measures[0] == measures[1]
    remove_line(itt=made, line_id=specification_of(made.id)[0].line.id, actor=officer)
    assert len(words_of(source)) == len(words_of(made)) + 1


def test_a_draft_and_what_is_published_are_printed(officer: Actor) -> None:
    """The PDF of a long specification, with what is measured; of a draft too."""
    itt = ready_itt(actor=officer)
    db.session.add_all(
        SpecificationLine(itt_id=itt.id, position=100 + number, kind=LineKind.OUTCOME, words=f"Outcome {number}")
        for number in range(200)
    )
    db.session.flush()
    printed = specification_pdf(itt, specification_of(itt.id), now=clock.now())
    assert printed.startswith(b"%PDF-")
