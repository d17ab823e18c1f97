"""The North East's framework and purchasing system: the report's figures, by the queries of the pages."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask

from portal.core import clock
from portal.core.permissions import Role
from portal.directory.searching import Search, frameworks_to_search, search_directory
from portal.extensions import db
from portal.frameworks.counting import counts_of
from portal.frameworks.queries import find_framework
from portal.regulation.kinds import FrameworkKind, Regime
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios import gateshead, people
from portal.scenarios.loading import load
from tests.factories.frameworks import active_members
from tests.filling import text_of
from tests.services import Database


@pytest.fixture
def demonstration(fresh_app: Flask, fresh_database: Database) -> Flask:
    """An empty demonstration."""
    mark_as_demonstration(fresh_database.owner_url)
    return fresh_app


def test_the_figures_of_the_report(demonstration: Flask, fresh_database: Database) -> None:
    """34 providers and 101 settings in three lots for 12 authorities; 14 providers in two lots where there were 2."""
    loaded = load(demonstration, "gateshead")
    assert [sign_in["email"] for sign_in in loaded["sign_ins"]] == [part.email for part in people.REGIONAL_PARTS]
    with demonstration.app_context():
        framework = find_framework(loaded["references"][gateshead.NE12])
        system = find_framework(loaded["references"][gateshead.DPS])
        counts = counts_of([framework.id, system.id])
        found = counts[framework.id]
        assert (found.providers, found.settings, found.participants) == (34, 101, 12)
        assert (counts[system.id].providers, system.providers_before) == (14, 2)
        assert (len(framework.lots), len(system.lots)) == (3, 2)
        assert [window.opens_at for window in framework.windows] == [datetime(2018, 3, 31, 23, tzinfo=UTC)]
        assert [window.closes_at for window in framework.windows] == [datetime(2019, 3, 31, 23, tzinfo=UTC)]
        assert framework.replaces == "NE6 and NE12 Phase 1"
        assert (framework.kind, framework.regime, framework.light_touch) == (
            FrameworkKind.FRAMEWORK,
            Regime.PCR2015,
            True,
        )
        assert (system.kind, system.valid_until) == (FrameworkKind.DPS, datetime(2029, 2, 24, tzinfo=UTC))
        for lot in (*framework.lots, *system.lots):
            assert len(active_members(lot.id, clock.now())) > 0
        lead = framework.authority_id
        page = search_directory(
            Search(framework_id=framework.id), frameworks=frameworks_to_search(lead, clock.now()), now=clock.now()
        )
        assert page.count == 101
        provider = people.actor_of(people.REGIONAL_PROVIDER)
        assert provider.provider_roles == {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}
        db.session.rollback()
    address = f"postgresql://{fresh_database.owner_url.partition('://')[2]}"
    with psycopg.connect(address) as connection:
        unseeded = connection.execute("SELECT DISTINCT kind FROM event WHERE NOT seeded").fetchall()
        imports = connection.execute("SELECT data ->> 'rows' FROM event WHERE kind = 'members_imported'").fetchall()
    assert unseeded == []
    assert sorted(imports) == [("101",), ("18",)]


@pytest.mark.long
def test_it_is_loaded_once(demonstration: Flask) -> None:
    """Its people can be played from the start page; a second load is refused with a sentence."""
    load(demonstration, "gateshead")
    with demonstration.app_context():
        shown = text_of(demonstration.test_client().get("/demonstration"))
    listed = shown.partition("Everybody Each person with their sign-in.")[2]
    assert [part.email for part in people.REGIONAL_PARTS if part.email not in listed] == []
    assert [part.email for part in people.PROVIDER_PEOPLE if part.email in listed] == []
    with pytest.raises(
        people.AlreadyLoaded, match=r"^This scenario is loaded already: Demo Gateshead Council is here\.$"
    ):
        load(demonstration, "gateshead")


def test_what_the_report_does_not_say_is_marked() -> None:
    """The descriptions name the assumptions of the demonstration, and every name says that it is made up."""
    for text in (gateshead.NE12_TEXT, gateshead.DPS_TEXT):
        assert "Assumptions of this demonstration: its value" in text
    rows = [*gateshead.ne12_members(), *gateshead.dps_members()]
    assert {row["provider"].split()[0] for row in rows} == {"Demo"}
    assert {row["setting"].split()[0] for row in rows if "setting" in row} == {"Demo"}
