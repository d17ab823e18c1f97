"""The register says by what name a contract was concluded, whatever its provider is called since."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import current_app

from portal.audit.kinds import EventKind
from portal.contracts.register import register_row
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.identity.correcting import become
from portal.notices.publisher import publisher
from portal.organisations.details import Identity
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.awarding import Award, publish_of
from tests.factories.contracts import conclude
from tests.factories.notices import place
from tests.filling import text_of

NOW_CALLED = Identity("Demo Brighter Still", "00000007", None, None, "")


def rename(provider: Provider) -> str:
    """Give it another name and number, and return what it was called."""
    before = provider.name
    become(provider=provider, identity=NOW_CALLED, actor=SYSTEM, now=clock.now())
    db.session.flush()
    return before


def test_a_contract_keeps_the_name_and_number_of_its_day(free: Award, client: CheckedClient) -> None:
    """The pages say both names; the row for programs has those of the day, the award's page as well."""
    contract = conclude(free)
    number = contract.provider.company_number
    before = rename(contract.provider)
    row = register_row(contract)
    assert (row["provider"], row["company_number"]) == (before, number)
    assert row["organisation_id"] == f"GB-COH-{number}"
    both = f"{NOW_CALLED.name}, then {before}"
    assert contract.provider_called == free.decision.awarded_to == both
    for page in ("/contracts", f"/contracts/{contract.reference}"):
        assert both in text_of(client.get(page))
    [written] = list(csv.DictReader(io.StringIO(client.get("/contracts.csv").text.removeprefix("\ufeff"))))
    assert written["provider"] == before


def test_a_contract_after_the_change_has_the_new_name(free: Award) -> None:
    """What is concluded under the new name is called so."""
    before = rename(free.decision.places[0].bid.provider)
    contract = conclude(free)
    assert register_row(contract)["provider"] == NOW_CALLED.name
    assert free.decision.awarded_to == f"{NOW_CALLED.name}, then {before}"


def test_every_notice_of_an_award_names_one_party(free: Award) -> None:
    """A later release with another identifier would make two suppliers of one."""
    number = free.decision.places[0].bid.provider.company_number
    rename(free.decision.places[0].bid.provider)
    conclude(free)
    publish_of(free.itt, EventKind.CONTRACT_CONCLUDED)
    notice = place(free.itt, publisher=publisher(current_app.config["SETTINGS"]), now=clock.now())
    release: dict[str, Any] = json.loads(notice.text)
    [supplier] = [party for party in release["parties"] if "supplier" in party["roles"]]
    assert supplier["id"] == f"GB-COH-{number}"
