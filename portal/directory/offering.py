"""What a provider's settings offer on a framework: a lot, a banding of it, a placement type."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Band, Framework, FrameworkLot
from portal.frameworks.states import CURRENT, FrameworkStatus
from portal.joining.models import Application
from portal.joining.states import CLOSED
from portal.organisations.models import Setting


@dataclass(frozen=True)
class Choice:
    """One thing that a setting can offer on a lot; either half is empty where the lot is not divided that way."""

    band: Band | None
    placement_type: str

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return f"{self.band.id if self.band else ''}|{self.placement_type}"

    @property
    def label(self) -> str:
        """In words."""
        return ", ".join(filter(None, (self.band.title if self.band else "", self.placement_type)))


def choices_of(lot: FrameworkLot) -> list[Choice]:
    """Everything that a setting can offer on the lot: each banding with each placement type."""
    bands: Sequence[Band | None] = lot.bands or [None]
    return [Choice(band, kind) for band in bands for kind in lot.placement_types or [""]]


def lots_to_offer_on(provider_id: uuid.UUID, now: datetime) -> Sequence[FrameworkLot]:
    """The lots on which the provider can offer settings: those it is a member of or applies to. Two statements.

    Only of arrangements that are live and in force at `now`; with framework and bandings.
    """
    member = select(Admission.lot_id).where(Admission.provider_id == provider_id, Admission.status.in_(CURRENT))
    applicant = select(Application.lot_id).where(
        Application.provider_id == provider_id, Application.status.not_in(CLOSED)
    )
    return db.session.scalars(
        select(FrameworkLot)
        .join(FrameworkLot.framework)
        .where(
            or_(FrameworkLot.id.in_(member), FrameworkLot.id.in_(applicant)),
            Framework.status == FrameworkStatus.LIVE,
            Framework.valid_until > now,
        )
        .order_by(Framework.title_fold, Framework.id, FrameworkLot.number)
        .options(contains_eager(FrameworkLot.framework), selectinload(FrameworkLot.bands))
    ).all()


def lot_to_offer_on(lot_id: uuid.UUID, provider_id: uuid.UUID, now: datetime) -> FrameworkLot:
    """That lot among those; raises `NotFound`."""
    for lot in lots_to_offer_on(provider_id, now):
        if lot.id == lot_id:
            return lot
    raise NotFound("You are neither a member of this lot nor applying to it.")


def offers_among(setting_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[SettingOffer]]:
    """What each of the settings offers, with lot, framework and banding, in their order. One statement."""
    found: dict[uuid.UUID, list[SettingOffer]] = {setting_id: [] for setting_id in setting_ids}
    query = (
        select(SettingOffer)
        .where(SettingOffer.setting_id.in_(found))
        .join(SettingOffer.lot)
        .join(FrameworkLot.framework)
        .outerjoin(SettingOffer.band)
        .order_by(Framework.title_fold, FrameworkLot.number, Band.position, SettingOffer.placement_type)
        .options(
            contains_eager(SettingOffer.lot).contains_eager(FrameworkLot.framework), contains_eager(SettingOffer.band)
        )
    )
    for offer in db.session.scalars(query):
        found[offer.setting_id].append(offer)
    return found


def set_offers(
    *, setting: Setting, lot: FrameworkLot, chosen: Collection[str], actor: Actor, now: datetime
) -> list[SettingOffer]:
    """Set what the setting offers on the lot to exactly `chosen` (keys of `choices_of`); none takes it off the lot.

    Practitioners find it there while its provider is an active member of the lot. Records PROVIDER_CHANGED. Raises
    `InvalidInput` (field "chosen") for what the lot does not hold, `WrongState` for a closed setting, `NotFound`
    where the provider is neither a member of the lot nor applying to it.
    """
    # Two people of one provider who change the same setting at once take turns.
    take(setting, Verb.CHANGE, actor=actor)
    if setting.closed_at is not None:
        raise WrongState("This setting is closed.")
    lot = lot_to_offer_on(lot.id, setting.provider_id, now)
    possible = {choice.key: choice for choice in choices_of(lot)}
    if unknown := sorted(set(chosen) - possible.keys()):
        raise InvalidInput(f"This lot has nothing called {unknown[0][:60]}. Choose from the list.", field="chosen")
    db.session.execute(delete(SettingOffer).where(SettingOffer.setting_id == setting.id, SettingOffer.lot_id == lot.id))
    offers = [
        SettingOffer(
            setting_id=setting.id,
            lot_id=lot.id,
            band_id=choice.band.id if choice.band else None,
            placement_type=choice.placement_type,
        )
        for key, choice in possible.items()
        if key in chosen
    ]
    db.session.add_all(offers)
    record(
        EventKind.PROVIDER_CHANGED,
        setting.provider,
        actor=actor,
        setting=setting.id,
        what="offers_set",
        lot=lot.id,
        offers=len(offers),
    )
    return offers


def offers_on(setting: Setting, lot: FrameworkLot) -> list[str]:
    """The keys of what the setting offers on the lot."""
    rows = db.session.scalars(
        select(SettingOffer)
        .where(SettingOffer.setting_id == setting.id, SettingOffer.lot_id == lot.id)
        .options(joinedload(SettingOffer.band))
    )
    return [Choice(row.band, row.placement_type).key for row in rows]
