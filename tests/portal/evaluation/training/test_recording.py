"""Training before scoring: asked for by a council, written down for a person, and nobody scores without it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.evaluation.leaves import leaves_for
from portal.evaluation.scoring import save_score, submit_scorecards
from portal.evaluation.training.gate import untrained_on
from portal.evaluation.training.models import TrainingRecord
from portal.evaluation.training.queries import training_of
from portal.evaluation.training.recording import ask_for_training, record_training, take_back_training
from portal.extensions import db
from portal.regulation.local_time import local_date
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import LOCAL, REASON, YOUNG, Evaluation, Seat, declare, score_all, scoring_itt
from tests.filling import fields_of
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")

COURSE = "Scoring bids fairly"


def administrator_of(evaluation: Evaluation) -> User:
    """An administrator of the council."""
    return make_person(Role.AUTHORITY_ADMINISTRATOR, authority=evaluation.itt.authority)


def asking(evaluation: Evaluation) -> Evaluation:
    """Its council asks for training from now on."""
    ask_for_training(authority=evaluation.itt.authority, asked=True, actor=actor_of(administrator_of(evaluation)))
    return evaluation


def trained(
    evaluation: Evaluation,
    person: User,
    *,
    course: str = COURSE,
    ended: date | None = None,
    until: date | None = None,
    actor: Actor | None = None,
) -> TrainingRecord:
    """Their training, written down."""
    return record_training(
        authority=evaluation.itt.authority,
        user_id=person.id,
        course=course,
        finished_date=ended or local_date(clock.now()),
        valid_until=until,
        actor=actor or evaluation.commissioner,
        now=clock.now(),
    )


def take_back(evaluation: Evaluation, training: TrainingRecord) -> None:
    """Taken back by the commissioner."""
    authority, actor = evaluation.itt.authority, evaluation.commissioner
    take_back_training(authority=authority, training_id=training.id, actor=actor, now=clock.now())


def save(seat: Seat, evaluation: Evaluation) -> None:
    """One score."""
    save_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=leaves_for(seat.work, evaluation.bids()[0])[0].key,
        score="4",
        reason=REASON,
        actor=seat.actor,
        now=clock.now(),
    )


def submit(seat: Seat) -> None:
    """All of their scores."""
    assert submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now(), same_words=True)


def is_refused(act: Callable[[], None]) -> None:
    """For want of training."""
    with pytest.raises(NotAllowed) as refusal:
        act()
    assert refusal.value.code == "not_trained"


def test_nobody_is_asked_where_the_council_does_not_ask() -> None:
    """Panels score as before."""
    evaluation = scoring_itt(1)
    member = evaluation.scorers(LOCAL)[0]
    declare(member)
    assert untrained_on(evaluation.itt.id, clock.now()) == frozenset()
    save(member, evaluation)


def test_who_is_not_trained_neither_saves_nor_submits() -> None:
    """Until it is written down; what was saved before stays, and young people are asked for practice alone."""
    evaluation = scoring_itt(1)
    member, young = evaluation.scorers(LOCAL)[0], evaluation.scorers(YOUNG)[0]
    for seat in (member, young):
        declare(seat)
    score_all(evaluation, member, submit=False)
    asking(evaluation)
    adults = [seat for key in evaluation.seats if key != YOUNG for seat in evaluation.scorers(key)]
    assert untrained_on(evaluation.itt.id, clock.now()) == {seat.member.id for seat in adults}
    is_refused(lambda: save(member, evaluation))
    is_refused(lambda: submit(member))
    save(young, evaluation)
    trained(evaluation, member.user)
    submit(member)


def test_a_certificate_lapses_and_a_mistake_is_taken_back() -> None:
    """On the first day on which it no longer counts it is gone; what is taken back stays on record."""
    evaluation = asking(scoring_itt(1))
    first, second = evaluation.scorers(LOCAL)[:2]
    today = local_date(clock.now())
    trained(evaluation, first.user, ended=today - timedelta(days=400), until=today)
    mistaken = trained(evaluation, second.user, until=today + timedelta(days=1))
    assert {first.member.id, second.member.id} & untrained_on(evaluation.itt.id, clock.now()) == {first.member.id}
    for _ in range(2):
        take_back(evaluation, mistaken)
    assert second.member.id in untrained_on(evaluation.itt.id, clock.now())
    of_second = next(one for one in training_of(evaluation.itt.authority_id, clock.now()) if one.person is second.user)
    assert [(one.course, one.taken_back_at is not None) for one in of_second.records] == [(COURSE, True)]
    assert not of_second.is_trained


def test_what_is_recorded_names_nobody() -> None:
    """Asked for, written down, taken back: each once, by identifiers."""
    evaluation = asking(scoring_itt(1))
    person = evaluation.scorers(LOCAL)[0].user
    written = trained(evaluation, person)
    take_back(evaluation, written)
    kinds = [kind.value for kind in EventKind if kind.name.startswith("TRAINING_")]
    told = [(one.kind, one.data) for one in events_of("system") if one.kind in kinds]
    assert [kind for kind, _ in told] == kinds
    assert [data["training"] for _, data in told[1:]] == [str(written.id)] * 2
    assert person.display_name not in str(told)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("course", {"course": " \u200b "}),
        ("course", {"course": "x" * 201}),
        ("finished_date", {"ended": date(2400, 1, 1)}),
        ("valid_until", {"ended": date(2026, 1, 2), "until": date(2026, 1, 2)}),
    ],
)
def test_what_cannot_be(field: str, wrong: dict[str, object]) -> None:
    """Each beside its field."""
    evaluation = scoring_itt(1)
    with pytest.raises(InvalidInput) as refusal:
        trained(evaluation, evaluation.scorers(LOCAL)[0].user, **wrong)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_only_of_ones_own_panels() -> None:
    """Nobody writes it down for a young person, for a stranger, or for another council."""
    evaluation = scoring_itt(1)
    stranger = make_person(Role.COMMISSIONER)
    for person in (evaluation.scorers(YOUNG)[0].user, stranger):
        with pytest.raises(InvalidInput) as refusal:
            trained(evaluation, person)
        assert refusal.value.field == "person"
    with pytest.raises(NotFound):
        trained(evaluation, evaluation.scorers(LOCAL)[0].user, actor=actor_of(stranger))


def test_on_the_pages(client: CheckedClient) -> None:
    """Asked for, seen by the member and the commissioner, written down, and taken back."""
    evaluation = scoring_itt(1)
    seat = evaluation.scorers(LOCAL)[0]
    declare(seat)
    sign_in(client, administrator_of(evaluation))
    assert "Nobody has to be trained" in client.get("/commissioning/training").text
    shown = fields_of(client.get("/commissioning/training/asked-for"))
    for _ in range(2):
        assert post(client, "/commissioning/training/asked-for", {"asked": shown["asked"]}).status_code == 302
    assert "Training comes before scoring" in client.get("/commissioning/training").text
    sign_in(client, seat.user)
    assert "Training comes first" in client.get(f"/panel/{seat.panel.id}").text
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    assert "Not trained" in client.get(f"/commissioning/itts/{evaluation.itt.reference}/panels").text
    assert client.get("/commissioning/training/asked-for").status_code == 403
    typed = {"person": str(seat.user.id), "course": COURSE, "finished_date-day": "31", "finished_date-month": "2"}
    refused = post(client, "/commissioning/training", typed | {"finished_date-year": "2026"})
    assert refused.status_code == 422
    assert f'value="{COURSE}"' in refused.text
    right = typed | {"finished_date-day": "2", "finished_date-year": "2026"}
    assert post(client, "/commissioning/training", right).status_code == 302
    assert f"{COURSE}, ended 2 February 2026" in " ".join(client.get("/commissioning/training").text.split())
    written = db.session.scalars(select(TrainingRecord.id)).one()
    assert post(client, f"/commissioning/training/{written}/take-back").status_code == 302
    assert "taken back" in client.get("/commissioning/training").text
    assert post(client, f"/commissioning/training/{uuid.uuid4()}/take-back").status_code == 404
