"""How many take part in a framework, counted in as many statements for one as for all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import distinct, func, select

from portal.core.columns import db
from portal.frameworks.member_models import Admission, SettingOffer
from portal.frameworks.models import Participant
from portal.frameworks.states import CURRENT
from portal.organisations.models import Setting


@dataclass(frozen=True)
class Counts:
    """How many take part: providers and settings of current members, authorities with a commitment."""

    providers: int = 0
    settings: int = 0
    participants: int = 0


def counts_of(framework_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Counts]:
    """Count for each framework, in three statements whatever their number."""
    wanted = list(framework_ids)
    providers = _by_framework(
        select(Admission.framework_id, func.count(distinct(Admission.provider_id)))
        .where(Admission.framework_id.in_(wanted), Admission.status.in_(CURRENT))
        .group_by(Admission.framework_id)
    )
    settings = _by_framework(
        select(Admission.framework_id, func.count(distinct(SettingOffer.setting_id)))
        .join(SettingOffer, SettingOffer.lot_id == Admission.lot_id)
        .join(Setting, (Setting.id == SettingOffer.setting_id) & (Setting.provider_id == Admission.provider_id))
        .where(Admission.framework_id.in_(wanted), Admission.status.in_(CURRENT), Setting.closed_at.is_(None))
        .group_by(Admission.framework_id)
    )
    participants = _by_framework(
        select(Participant.framework_id, func.count())
        .where(Participant.framework_id.in_(wanted), Participant.withdrawn_on.is_(None))
        .group_by(Participant.framework_id)
    )
    return {key: Counts(providers.get(key, 0), settings.get(key, 0), participants.get(key, 0)) for key in wanted}


def _by_framework(query: Any) -> dict[uuid.UUID, int]:
    return dict(db.session.execute(query).all())
