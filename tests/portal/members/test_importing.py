"""Importing members: a dry run, corrections, and everything or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import Conflict, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus, FrameworkStatus
from portal.importing.states import RowStatus
from portal.members import importing
from portal.members.importing import (
    correct_row,
    discard_file,
    find_row,
    import_ready_rows,
    leave_row_out,
    read_members_file,
    tally_of,
)
from portal.members.models import ImportBatch
from portal.organisations.models import Provider, Setting
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit, live_framework
from tests.factories.importing import member_row, members_file, setting_row
from tests.factories.organisations import make_provider

FROM = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A live arrangement with two lots of two bandings."""
    return live_framework(lots=2, bands=2, valid_from=FROM)


@pytest.fixture
def actor(framework: Framework) -> Actor:
    """A commissioner of its lead authority."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def send(framework: Framework, actor: Actor, *rows: dict[str, str]) -> ImportBatch:
    """Send the rows as a file."""
    return read_members_file(
        framework=framework, file_name="members.csv", content=members_file(*rows), actor=actor, now=clock.now()
    )


def take(batch: ImportBatch, actor: Actor) -> Any:
    """Import what is ready."""
    return import_ready_rows(batch=batch, actor=actor, now=clock.now())


def counted() -> dict[str, int]:
    """How many rows there are of what an import writes."""
    return {
        model.__tablename__: db.session.execute(select(func.count()).select_from(model)).scalar_one()
        for model in (Provider, Setting, SettingOffer, Admission)
    }


def events() -> Sequence[Event]:
    """The ledger's entries of imports."""
    return db.session.scalars(select(Event).where(Event.kind == EventKind.MEMBERS_IMPORTED)).all()


ROWS = (
    setting_row(),
    setting_row(band="Band 2"),
    setting_row(lot="2", setting="Demo Barn"),
    member_row(
        provider="Demo Outreach", company_number="", charity_number="1090095", lot="2", admitted_on="01/02/2026"
    ),
)


def test_a_dry_run_writes_nothing_but_its_rows(framework: Framework, actor: Actor) -> None:
    """The file's rows are ready, and there is no provider, setting, offer or membership."""
    batch = send(framework, actor, *ROWS)
    assert [(row.number, row.status, row.faults) for row in batch.rows] == [
        (number, RowStatus.READY, {}) for number in (2, 3, 4, 5)
    ]
    assert set(counted().values()) == {0}
    assert events() == []


def test_an_import(framework: Framework, actor: Actor) -> None:
    """Providers, settings, offers and memberships come in together, and the ledger has the counts."""
    batch = send(framework, actor, *ROWS)
    counts = take(batch, actor)
    assert (counts.rows, counts.providers, counts.settings, counts.offers, counts.admissions) == (4, 2, 2, 3, 3)
    assert counted() == {"provider": 2, "setting": 2, "setting_offer": 3, "admission": 3}
    charity = db.session.scalars(select(Provider).where(Provider.name == "Demo Outreach")).one()
    assert (charity.charity_scheme, charity.charity_number, charity.verification) == ("GB-CHC", "1090095", None)
    joined = db.session.scalars(select(Admission).where(Admission.provider_id == charity.id)).one()
    assert (joined.admitted_at, joined.status) == (datetime(2026, 2, 1, tzinfo=UTC), AdmissionStatus.ACTIVE)
    setting = db.session.scalars(select(Setting).where(Setting.name == "Demo House")).one()
    assert (setting.capacity, setting.vacancies, setting.vacancies_at) == (6, 2, None)
    [event] = events()
    assert (event.chain, event.object_id, event.data["batch"]) == (str(framework.id), framework.id, str(batch.id))
    assert {name: event.data[name] for name in ("rows", "settings", "offers", "admissions")} == {
        "rows": 4,
        "settings": 2,
        "offers": 3,
        "admissions": 3,
    }
    assert sorted(event.data["providers"]) == sorted(str(identifier) for identifier in counts.provider_ids)
    assert event.data["registered"] == 2
    assert tally_of(batch).imported == 4


def test_importing_twice_changes_nothing(framework: Framework, actor: Actor) -> None:
    """The same file again, and the same rows again, add nothing and record nothing."""
    batch = send(framework, actor, *ROWS)
    take(batch, actor)
    before = counted()
    with pytest.raises(WrongState, match="No row is ready"):
        take(batch, actor)
    again = take(send(framework, actor, *ROWS), actor)
    assert (again.rows, again.anything) == (4, False)
    assert counted() == before
    assert len(events()) == 1


def test_what_is_there_stays(framework: Framework, actor: Actor) -> None:
    """A registered provider, its setting and its membership are met again by number and name, and not changed."""
    provider = make_provider("DEMO CARE LIMITED", company_number="09506232")
    setting = Setting(provider_id=provider.id, name="Demo house", area="demotown", capacity=9, vacancies=8)
    db.session.add(setting)
    admission = admit(framework.lots[0], provider)
    counts = take(send(framework, actor, setting_row()), actor)
    assert (counts.providers, counts.settings, counts.offers, counts.admissions) == (0, 0, 1, 0)
    assert (events()[0].data["providers"], events()[0].data["registered"]) == ([], 0)
    assert (provider.name, setting.capacity, setting.vacancies) == ("DEMO CARE LIMITED", 9, 8)
    assert db.session.scalars(select(Admission)).all() == [admission]


def test_a_registered_provider_that_becomes_a_member(framework: Framework, actor: Actor) -> None:
    """The ledger names who became a member, also when it was registered before: such providers are invited too."""
    provider = make_provider("Demo Care Ltd", company_number="09506232")
    take(send(framework, actor, setting_row()), actor)
    assert (events()[0].data["providers"], events()[0].data["registered"]) == ([str(provider.id)], 0)


@pytest.mark.parametrize(
    ("rows", "number", "column", "message"),
    [
        (
            (setting_row(), setting_row()),
            3,
            "row",
            "This row says the same as row 2. Leave one of them out.",
        ),
        (
            (setting_row(), setting_row(band="Band 2", capacity="7")),
            3,
            "capacity",
            "Row 2 says “6” for this setting. Both rows must say the same.",
        ),
        (
            (setting_row(), setting_row(band="Band 2", admitted_on="2026-11-02")),
            3,
            "admitted_on",
            "Row 2 says 2026-11-01 for this provider and lot.",
        ),
        (
            (setting_row(lot="<script>"),),
            2,
            "lot",
            "There is no lot “<script>”. The lots are: 1 Lot title 1; 2 Lot title 2.",
        ),
    ],
)
def test_rows_against_each_other(
    framework: Framework, actor: Actor, rows: Sequence[dict[str, str]], number: int, column: str, message: str
) -> None:
    """Rows that repeat or contradict each other are rejected, with the other row's line."""
    row = find_row(send(framework, actor, *rows), number)
    assert (row.status, row.faults[column]) == (RowStatus.REJECTED, message)


def test_what_contradicts_what_is_there(framework: Framework, actor: Actor) -> None:
    """Another area of a setting that is here, a closed setting and a membership that ended are rejected."""
    provider = make_provider(company_number="09506232", name="Demo Care Ltd")
    db.session.add(Setting(provider_id=provider.id, name="Demo House", area="Elsewhere", capacity=1))
    db.session.add(
        Setting(provider_id=provider.id, name="Old House", area="Demotown", capacity=1, closed_at=clock.now())
    )
    left = admit(framework.lots[1], provider)
    left.status, left.ended_at = AdmissionStatus.LEFT, datetime(2026, 11, 3, 12, tzinfo=UTC)
    db.session.flush()
    batch = send(framework, actor, setting_row(), setting_row(setting="Old House"), member_row(lot="2"))
    assert find_row(batch, 2).faults == {
        "area": "The setting is here already, with “Elsewhere”. Correct the row, or name another."
    }
    assert find_row(batch, 3).faults["setting"].startswith("The provider closed this setting on ")
    assert find_row(batch, 4).faults == {
        "provider": "It left this lot on 2026-11-03. It can apply again; a file brings nobody back."
    }


def test_a_row_is_corrected_and_tried_again(framework: Framework, actor: Actor) -> None:
    """Ready rows are imported first; the rejected one is corrected in place and imported after them."""
    batch = send(framework, actor, setting_row(), setting_row(band="Band 2", capacity="£6"))
    assert take(batch, actor).rows == 1
    row = correct_row(
        batch=batch, number=3, cells=setting_row(band="Band 2", capacity="6"), actor=actor, now=clock.now()
    )
    assert (row.status, row.faults) == (RowStatus.READY, {})
    counts = take(batch, actor)
    assert (counts.rows, counts.providers, counts.settings, counts.offers, counts.admissions) == (1, 0, 0, 1, 0)
    with pytest.raises(WrongState, match="This row is imported"):
        correct_row(batch=batch, number=3, cells={}, actor=actor, now=clock.now())


def test_correcting_one_row_heals_those_that_it_contradicted(framework: Framework, actor: Actor) -> None:
    """Every correction checks the whole file again."""
    batch = send(framework, actor, setting_row(), setting_row(band="Band 2", capacity="7"))
    correct_row(batch=batch, number=2, cells=setting_row(capacity="7"), actor=actor, now=clock.now())
    assert [row.status for row in batch.rows] == [RowStatus.READY, RowStatus.READY]


def test_a_row_is_left_out(framework: Framework, actor: Actor) -> None:
    """It is gone, and what repeated it is ready."""
    batch = send(framework, actor, setting_row(), setting_row())
    leave_row_out(batch=batch, number=2, actor=actor, now=clock.now())
    assert [(row.number, row.status) for row in batch.rows] == [(3, RowStatus.READY)]
    with pytest.raises(NotFound):
        leave_row_out(batch=batch, number=2, actor=actor, now=clock.now())


def test_a_file_is_thrown_away(framework: Framework, actor: Actor) -> None:
    """Its rows go; what was imported stays."""
    batch = send(framework, actor, *ROWS)
    take(batch, actor)
    discard_file(batch=batch, actor=actor, now=clock.now())
    db.session.flush()
    assert db.session.scalars(select(ImportBatch)).all() == []
    assert counted()["admission"] == 3


def test_all_or_nothing(framework: Framework, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody registers one of the organisations in the same moment, none of the rows is imported."""
    batch = send(framework, actor, *ROWS)
    real = importing.write_rows

    def overtaken(*arguments: Any) -> Any:
        make_provider(company_number="09506232")
        return real(*arguments)

    monkeypatch.setattr(importing, "write_rows", overtaken)
    with pytest.raises(Conflict):
        take(batch, actor)
    assert set(counted().values()) == {0}
    monkeypatch.undo()
    assert take(batch, actor).rows == 4


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER])
def test_who_may_not(framework: Framework, role: Role) -> None:
    """Only a commissioner of the lead authority imports."""
    with pytest.raises(NotAllowed):
        send(framework, actor_of(make_person(role, authority=framework.authority)), *ROWS)
    with pytest.raises(NotFound):
        send(framework, actor_of(make_person(Role.COMMISSIONER)), *ROWS)


def test_only_while_it_is_in_force(framework: Framework, actor: Actor) -> None:
    """Neither a draft nor what has ceased or expired takes members."""
    expired = live_framework(
        authority=framework.authority, valid_until=datetime(2026, 2, 1, tzinfo=UTC), valid_from=FROM
    )
    with pytest.raises(WrongState, match="while this is in force"):
        send(expired, actor, *ROWS)
    batch = send(framework, actor, *ROWS)
    framework.status, framework.ceased_at = FrameworkStatus.CEASED, clock.now()
    db.session.flush()
    with pytest.raises(WrongState):
        take(batch, actor)
