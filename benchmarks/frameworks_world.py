"""What the figures of frameworks are measured on: a lot full of members, and a directory full of settings.

The arrangements are made as the tests make them; members, their people and settings are written as rows, under all
constraints and triggers, because five thousand applications would take longer than the measurement.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any

from people import people_rows
from sqlalchemy import create_engine, insert, text

from portal.accounts.models import HeldRole, User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.organisations.models import Provider, Setting
from portal.regulation.kinds import FrameworkKind
from tests.factories.frameworks import live_framework

AREAS = [f"Demo area {number:02}" for number in range(40)]
WORDS = ("Oak", "Elm", "Ash", "River", "Hill", "Harbour", "Meadow", "Mill", "Bridge", "Station")
KINDS = ("House", "Lodge", "Cottage", "School", "Barn")
SETTINGS_EACH = 4


@dataclass(frozen=True)
class Sizes:
    """How much there is."""

    members: int = 5000
    settings: int = 20_000

    @property
    def few_settings(self) -> int:
        """How many there are when a page is measured on little data."""
        return self.settings // 10


def system_with_members(sizes: Sizes) -> Framework:
    """A purchasing system whose lot has so many members, each with one person who is written to."""
    system = live_framework(kind=FrameworkKind.DPS, title="Demo system")
    providers = _add_providers(sizes.members, first=0)
    _admit(system, providers)
    people = [uuid.uuid4() for _ in providers]
    _add(User, people_rows(people))
    _add(
        HeldRole,
        [
            {"user_id": person, "role": Role.SUBMITTER, "provider_id": provider}
            for person, provider in zip(people, providers, strict=True)
        ],
    )
    db.session.commit()
    return system


def framework_for_settings(sizes: Sizes) -> Framework:
    """A framework of three lots with four bandings each, and nobody in it."""
    framework = live_framework(title="Demo framework", lots=3, bands=4)
    db.session.commit()
    return framework


def add_settings(framework: Framework, count: int, *, before: int) -> None:
    """Add settings until there are `count` where there were `before`: four a provider, each on one lot or two."""
    providers = _add_providers((count - before) // SETTINGS_EACH, first=1_000_000 + before)
    _admit(framework, providers)
    names = islice(cycle(product(WORDS, KINDS)), before, None)
    settings = [
        {
            "id": uuid.uuid4(),
            "provider_id": providers[place // SETTINGS_EACH],
            "name": f"Demo {word} {kind} {before + place:05}",
            "area": AREAS[place % len(AREAS)],
            "postcode": "ZZ99 9ZZ",
            "registration_number": f"DEMO{before + place:06}",
            "capacity": 6,
            "vacancies": (before + place) % 7,
            "vacancies_at": clock.now(),
        }
        for place, (word, kind) in zip(range(count - before), names, strict=False)
    ]
    _add(Setting, settings)
    offers = []
    for place, setting in enumerate(settings):
        for lot in {place % 3, place % 7 % 3}:
            chosen = framework.lots[lot]
            offers.append(
                {
                    "id": uuid.uuid4(),
                    "setting_id": setting["id"],
                    "lot_id": chosen.id,
                    "band_id": chosen.bands[place // 3 % 4].id,
                    "placement_type": chosen.placement_types[place % 2],
                }
            )
    _add(SettingOffer, offers)
    db.session.commit()


def analyse(owner_url: str) -> None:
    """Let PostgreSQL count what is there."""
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _add_providers(count: int, *, first: int) -> list[uuid.UUID]:
    rows: list[dict[str, Any]] = []
    for number in range(first, first + count):
        name = f"Demo Provider {number}"
        rows.append({"id": uuid.uuid4(), "name": name, "company_number": f"{number + 10:08}"})
    _add(Provider, rows)
    return [row["id"] for row in rows]


def _admit(framework: Framework, providers: list[uuid.UUID]) -> None:
    _add(
        Admission,
        [
            {
                "id": uuid.uuid4(),
                "framework_id": framework.id,
                "lot_id": lot.id,
                "provider_id": provider,
                "status": AdmissionStatus.ACTIVE,
                "admitted_at": framework.valid_from,
            }
            for provider in providers
            for lot in framework.lots
        ],
    )


def _add(model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)
