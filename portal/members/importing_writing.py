"""Writing checked rows: providers, settings, offers and memberships, each only where it is not there already."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.core.columns import db
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Framework
from portal.frameworks.states import CURRENT
from portal.importing.organisations import Organisation
from portal.members.importing_checks import Checked, Place
from portal.organisations.models import Provider, Setting
from portal.regulation.local_time import start_of_day


@dataclass(frozen=True)
class Counts:
    """What an import brought: rows taken, and how many of each were new."""

    rows: int
    provider_ids: tuple[uuid.UUID, ...]
    settings: int
    offers: int
    admissions: int
    member_ids: tuple[uuid.UUID, ...] = ()
    """The providers that became members of a lot, each once."""

    @property
    def providers(self) -> int:
        """How many providers were registered."""
        return len(self.provider_ids)

    @property
    def by_name(self) -> dict[str, int]:
        """How many of each were new, each by its word for one."""
        return {
            "provider": self.providers,
            "setting": self.settings,
            "offer": self.offers,
            "membership": self.admissions,
        }

    @property
    def anything(self) -> bool:
        """Whether anything was new."""
        return any(self.by_name.values())


def write_rows(framework: Framework, ready: Sequence[Checked]) -> Counts:
    """Write what the rows say and is not there yet; every row has an organisation, a lot and a day. Four reads at most.

    Raises what the database raises when somebody wrote the same in this moment.
    """
    providers = _new_providers(ready)
    who: dict[Organisation | None, uuid.UUID] = {
        one.organisation: one.organisation.id or providers[one.organisation].id for one in ready if one.organisation
    }
    settings = _new_settings(ready, who)
    places = {
        one.place: one.setting.id if one.setting else settings[one.place].id for one in ready if one.reading.setting
    }
    offers = _new_offers(ready, places)
    admissions = _new_admissions(framework, ready, who)
    for rows in (providers.values(), settings.values(), offers, admissions):
        db.session.add_all(rows)
        db.session.flush()
    registered = tuple(provider.id for provider in providers.values())
    members = tuple(dict.fromkeys(admission.provider_id for admission in admissions))
    return Counts(len(ready), registered, len(settings), len(offers), len(admissions), members)


def _new_providers(ready: Sequence[Checked]) -> dict[Organisation, Provider]:
    added: dict[Organisation, Provider] = {}
    for one in ready:
        organisation = one.organisation
        if organisation is not None and organisation.id is None and organisation not in added:
            charity = organisation.charity
            added[organisation] = Provider(
                id=uuid.uuid4(),
                name=organisation.name,
                company_number=organisation.company.value if organisation.company else None,
                charity_scheme=charity.scheme.value if charity else None,
                charity_number=charity.value if charity else None,
            )
    return added


def _new_settings(ready: Sequence[Checked], who: Mapping[Organisation | None, uuid.UUID]) -> dict[Place, Setting]:
    """Free places come without a time: the provider itself has not said them here yet."""
    added: dict[Place, Setting] = {}
    for one in ready:
        reading = one.reading
        if reading.setting and one.setting is None and one.place not in added:
            added[one.place] = Setting(
                id=uuid.uuid4(),
                provider_id=who[one.organisation],
                name=reading.setting,
                area=reading.area,
                postcode=reading.postcode,
                registration_number=reading.registration_number,
                capacity=reading.capacity,
                vacancies=reading.vacancies,
            )
    return added


def _new_offers(ready: Sequence[Checked], places: Mapping[Place, uuid.UUID]) -> list[SettingOffer]:
    rows = db.session.execute(
        select(SettingOffer.setting_id, SettingOffer.lot_id, SettingOffer.band_id, SettingOffer.placement_type).where(
            SettingOffer.setting_id.in_([one.setting.id for one in ready if one.setting])
        )
    )
    held: set[Hashable] = {tuple(row) for row in rows}
    added = []
    for one in ready:
        reading = one.reading
        if not reading.setting or reading.lot is None:
            continue
        band_id = reading.band.id if reading.band else None
        key = (places[one.place], reading.lot.id, band_id, reading.placement_type)
        if key not in held:
            held.add(key)
            setting_id, lot_id, _band, placement_type = key
            added.append(
                SettingOffer(setting_id=setting_id, lot_id=lot_id, band_id=band_id, placement_type=placement_type)
            )
    return added


def _new_admissions(
    framework: Framework, ready: Sequence[Checked], who: Mapping[Organisation | None, uuid.UUID]
) -> list[Admission]:
    rows = db.session.execute(
        select(Admission.lot_id, Admission.provider_id).where(
            Admission.framework_id == framework.id, Admission.status.in_(CURRENT)
        )
    )
    held: set[Hashable] = {tuple(row) for row in rows}
    added = []
    for one in ready:
        lot, day = one.reading.lot, one.reading.admitted_on
        if lot is None or day is None or (lot.id, who[one.organisation]) in held:
            continue
        held.add((lot.id, who[one.organisation]))
        added.append(
            Admission(
                framework_id=framework.id,
                lot_id=lot.id,
                provider_id=who[one.organisation],
                admitted_at=_at(framework, day),
            )
        )
    return added


def _at(framework: Framework, day: date) -> datetime:
    """The instant from which somebody admitted on that day is a member: its beginning, but not before validity."""
    begins = start_of_day(day)
    return max(begins, framework.valid_from) if framework.valid_from else begins
