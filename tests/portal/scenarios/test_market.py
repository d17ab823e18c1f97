"""The demonstration's market."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.joining.models import Application
from portal.organisations.models import Provider
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios import market, people
from portal.scenarios.market_scenes import market_scenes
from portal.tendering.models import Invitation
from tests.filling import fields_of
from tests.services import Database


@pytest.mark.usefixtures("db_session")
def test_everybody_finds_something_to_do(app: Flask) -> None:
    """One member, invited to the open call-off; one waits, one was refused with a reason, one refusal waits."""
    keys, files = app.extensions["keys"], app.extensions["files"]
    loaded = market.load(people.create_people(keys=keys), keys=keys, files=files)
    rows = db.session.execute(
        select(Provider.name, Application.lot_id, Application.status).join(
            Provider, Provider.id == Application.provider_id
        )
    ).all()
    lots = {lot.id: lot.number for lot in db.session.scalars(select(Framework)).one().lots}
    assert {(name, lots[lot], status.value) for name, lot, status in rows} == {
        ("Demo Harbour Youth Trust", 1, "admitted"),
        ("Demo Meadow Families CIC", 1, "submitted"),
        ("Demo Bridge Project", 1, "refused"),
        ("Demo Meadow Families CIC", 2, "refusal_proposed"),
    }
    invited = db.session.scalars(select(Provider.name).join(Invitation, Invitation.provider_id == Provider.id)).all()
    assert invited == ["Demo Harbour Youth Trust"]
    assert db.session.scalars(select(Admission)).one().framework.reference == loaded.market


@pytest.mark.long
def test_every_door_of_the_market_opens(fresh_app: Flask, fresh_database: Database) -> None:
    """One press on each scene signs the part in and leads to a page that opens."""
    mark_as_demonstration(fresh_database.owner_url)
    keys, files = fresh_app.extensions["keys"], fresh_app.extensions["files"]
    with fresh_app.app_context():
        market.load(people.create_people(keys=keys), keys=keys, files=files)
        page = fresh_app.test_client().get("/demonstration").text
        assert "A market that is open every day" in page
        with fresh_app.test_request_context():
            doors = [door for scene in market_scenes() for door in scene.doors]
            assert [scene.title for scene in market_scenes() if scene.moved] == []
    assert len(doors) == 5
    for door in doors:
        client = fresh_app.test_client()
        with fresh_app.app_context():
            token = fields_of(client.get("/demonstration"), action="/demonstration/play")["csrf_token"]
            typed = {"csrf_token": token, "email": door.part.email, "next": door.href}
            answer = client.post("/demonstration/play", data=typed)
            assert answer.location == door.href
            assert client.get(door.href).status_code == 200
