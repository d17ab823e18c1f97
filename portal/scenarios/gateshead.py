"""The North East's framework for children's residential placements and Gateshead's purchasing system for disabled
people, with the figures of a public report of March 2018: 34 providers with 101 settings in three lots, 12 authorities;
14 providers in two lots where there were 2.

Everybody and every place is made up. Whatever the report does not say is marked as an assumption where it is read.
The members come in through the import, from files that are written here, and everything else by the acts of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.spreadsheet import csv_lines
from portal.core.storage import FileStore
from portal.frameworks.drafting import (
    create_framework,
    describe_framework,
    set_publication,
    set_terms,
    set_validity,
)
from portal.frameworks.going_live import go_live
from portal.frameworks.models import Framework
from portal.frameworks.participating import commit_participant
from portal.frameworks.structure import CriterionDetails, LotDetails, add_criterion, add_lot
from portal.frameworks.terms import Validity
from portal.frameworks.windows import publish_window
from portal.importing.states import RowStatus
from portal.members.importing import import_ready_rows, read_members_file
from portal.members.importing_columns import MEMBERS_FILE
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import FrameworkKind
from portal.regulation.local_time import end_of_day, start_of_day
from portal.scenarios import people

NE12 = "NE12+: residential placements for children and young people"
DPS = "Community outreach, home care and support: dynamic purchasing system"
AUTHORITIES, SETTINGS, DPS_PROVIDERS = 12, 101, 14
BANDS = ("Band A", "Band B", "Band C")
AREAS = tuple(f"Demo area {number:02}" for number in range(1, AUTHORITIES + 1))
BEGINS, WINDOW_ENDS = date(2018, 4, 1), date(2019, 3, 31)
DPS_ESTABLISHED = date(2017, 10, 1)

NE12_TEXT = """\
Twelve local authorities of the North East place children together: in residential homes, in independent residential \
schools and colleges, and for residential short breaks. NE12+ Phase 2 merges the arrangements NE6 and NE12 Phase 1. \
From April 2018 it was kept open for twelve months, so that new providers could join.

From the report of March 2018: the three lots, 34 providers, 101 settings, 12 authorities, what it replaces, and the \
twelve months. Assumptions of this demonstration: its value, its last day, the bandings and placement types, the award \
criteria, the days of establishment and admission, which setting is in which lot, and every name."""
DPS_TEXT = """\
Outreach and community support, home care and support for disabled children, young people and adults. Any provider \
that meets the conditions can join at any time; every member of a lot is invited to every call-off from it.

From the report of March 2018: established on 1 October 2017 in place of the previous short breaks framework, with two \
lots for under and over 18s, 14 providers where there were 2. Assumptions of this demonstration: its value, the award \
criteria, which provider is in which lot, and every name."""
JOINING = (
    "Providers apply to a lot with the selection questionnaire. An officer decides; a second one confirms a refusal."
)
COMMITMENT = "Formal commitment to participate (assumption of the demonstration: the day)"
NO_NOTICE = "It began before the central digital platform existed."

LOTS = (
    LotDetails(
        title="Children's Residential Homes",
        definition="Placements in registered children's homes.",
        cpv_codes=["85311300"],
        areas=AREAS,
        placement_types=["Residential"],
        bands=[(band, "Assumption of the demonstration: the report does not name the bandings.") for band in BANDS],
    ),
    LotDetails(
        title="Independent Residential Schools and Colleges",
        definition="Day, weekly, termly and 52-week placements in independent residential schools and colleges.",
        cpv_codes=["85311300"],
        areas=AREAS,
        placement_types=["Day", "Weekly", "Termly", "52 weeks"],
        bands=[(band, "Assumption of the demonstration: the report does not name the bandings.") for band in BANDS],
    ),
    LotDetails(
        title="Residential Short Breaks",
        definition="Short stays in registered settings for disabled children and young people.",
        cpv_codes=["85311300"],
        areas=AREAS,
        placement_types=["Short breaks"],
        bands=[(band, "Assumption of the demonstration: the report does not name the bandings.") for band in BANDS],
    ),
)
DPS_LOTS = tuple(
    LotDetails(
        title=f"{who}: community outreach, home care and support",
        definition=f"Outreach in the community and care and support at home for disabled people {age}.",
        cpv_codes=["85312400"],
        areas=AREAS[:1],
    )
    for who, age in (("Under 18", "under the age of 18"), ("Over 18", "of 18 years and over"))
)


class NotWhole(RuntimeError):
    """A file that is written here was not taken as it should be."""


def load(*, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """Load both arrangements with their members and sign-ins, and return their references by title.

    Raises `people.AlreadyLoaded`. Needs no worker.
    """
    lead = people.create_authority(people.REGIONAL_AUTHORITY)
    others = [people.create_authority(f"Demo North East Council {number:02}") for number in range(2, AUTHORITIES + 1)]
    people.create_parts(people.REGIONAL_AUTHORITY_PEOPLE, lead, keys=keys)
    db.session.commit()
    actor = people.actor_of(people.REGIONAL_COMMISSIONER)
    framework = _ne12(lead, others, actor)
    import_members(framework, ne12_members(), actor)
    system = _dps(lead, actor)
    import_members(system, dps_members(), actor)
    people.create_parts((people.REGIONAL_PROVIDER,), lead, keys=keys)
    db.session.commit()
    return {found.title: found.reference for found in (framework, system)}


def ne12_members() -> Iterator[dict[str, str]]:
    """The rows of the members: each setting in one lot and banding, three a provider and two of the last."""
    for place in range(SETTINGS):
        provider, lot = place // 3 + 1, place % 3
        kinds = LOTS[lot].placement_types
        yield {
            "provider": f"Demo NE12 Provider {provider:02}",
            "company_number": f"990012{provider:02}",
            "setting": f"Demo {('Home', 'School', 'Short Breaks House')[lot]} {place + 1:03}",
            "area": AREAS[place % len(AREAS)],
            "registration_number": f"DEMO{place + 1:04}",
            "capacity": str(3 + place % 6),
            "vacancies": str(place % 4),
            "lot": str(lot + 1),
            "band": BANDS[place // 3 % len(BANDS)],
            "placement_type": kinds[place // 3 % len(kinds)],
            "admitted_on": BEGINS.isoformat(),
        }


def dps_members() -> Iterator[dict[str, str]]:
    """The rows of the purchasing system's members: nine in each lot, four of them in both."""
    for lot, providers in ((1, range(1, 10)), (2, range(6, DPS_PROVIDERS + 1))):
        for provider in providers:
            yield {
                "provider": f"Demo Outreach Provider {provider:02}",
                "company_number": f"990017{provider:02}",
                "lot": str(lot),
                "admitted_on": DPS_ESTABLISHED.isoformat(),
            }


def _ne12(lead: ContractingAuthority, others: list[ContractingAuthority], actor: Actor) -> Framework:
    now = clock.now()
    framework = create_framework(
        authority=lead,
        kind=FrameworkKind.FRAMEWORK,
        title=NE12,
        established_on=date(2017, 12, 1),
        actor=actor,
        now=now,
    )
    _describe(framework, NE12_TEXT, "85311300", "NE6 and NE12 Phase 1", None, actor)
    validity = Validity(
        date(2017, 12, 1),
        start_of_day(BEGINS),
        end_of_day(date(2028, 3, 31)),
        "Assumption of the demonstration: the report does not give the last day, and this one lets you use it today.",
    )
    set_validity(framework=framework, validity=validity, actor=actor, now=now)
    _structure(framework, LOTS, actor)
    for authority in others:
        commit_participant(
            framework=framework,
            authority=authority,
            committed_on=date(2016, 4, 1),
            commitment=COMMITMENT,
            actor=actor,
            now=now,
        )
    opens, closes = start_of_day(BEGINS), end_of_day(WINDOW_ENDS)
    publish_window(framework=framework, opens_at=opens, closes_at=closes, actor=actor, now=now)
    return _open(framework, actor)


def _dps(lead: ContractingAuthority, actor: Actor) -> Framework:
    now = clock.now()
    system = create_framework(
        authority=lead, kind=FrameworkKind.DPS, title=DPS, established_on=DPS_ESTABLISHED, actor=actor, now=now
    )
    _describe(system, DPS_TEXT, "85312400", "The previous short breaks framework", 2, actor)
    validity = Validity(DPS_ESTABLISHED, start_of_day(DPS_ESTABLISHED), end_of_day(date(2029, 2, 23)))
    set_validity(framework=system, validity=validity, actor=actor, now=now)
    _structure(system, DPS_LOTS, actor)
    return _open(system, actor)


def _describe(framework: Framework, text: str, cpv: str, replaces: str, before: int | None, actor: Actor) -> None:
    describe_framework(
        framework=framework,
        title=framework.title,
        description=text,
        cpv_codes=[cpv],
        estimated_value=Decimal(50_000_000),
        replaces=replaces,
        providers_before=before,
        actor=actor,
    )


def _structure(framework: Framework, lots: tuple[LotDetails, ...], actor: Actor) -> None:
    for details in lots:
        add_lot(framework=framework, details=details, actor=actor)
    for title, lowest, highest in (("Quality", 40, 80), ("Price", 20, 60)):
        details_of = CriterionDetails(title, "", Decimal(lowest), Decimal(highest))
        add_criterion(framework=framework, details=details_of, actor=actor)


def _open(framework: Framework, actor: Actor) -> Framework:
    set_terms(framework=framework, how_it_works=JOINING, decision_days=10, actor=actor)
    set_publication(framework=framework, reference="", reason=NO_NOTICE, actor=actor)
    go_live(framework=framework, actor=actor, now=clock.now())
    db.session.commit()
    return framework


def import_members(framework: Framework, rows: Iterator[Mapping[str, str]], actor: Actor) -> None:
    """Bring the members in as a commissioner does: send the file, see that every row is ready, import."""
    names = MEMBERS_FILE.names
    content = "".join(csv_lines(names, ([row.get(name, "") for name in names] for row in rows))).encode()
    batch = read_members_file(
        framework=framework, file_name="members.csv", content=content, actor=actor, now=clock.now()
    )
    if wrong := [(row.number, row.faults) for row in batch.rows if row.status is not RowStatus.READY]:
        raise NotWhole(f"{framework.title}: {wrong[:3]}")
    import_ready_rows(batch=batch, actor=actor, now=clock.now())
    db.session.commit()
