"""Everything that the policy governs, and the states that each knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.absence_models import AbsenceStatus
from portal.accounts.factor_models import LostStatus
from portal.accounts.models import GrantStatus
from portal.awarding.states import DecisionStatus
from portal.bidding.states import BidStatus
from portal.core.columns import Model
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.frameworks.states import AdmissionStatus, FrameworkStatus
from portal.joining.states import ApplicationStatus
from portal.members.states import ChangeStatus
from portal.organisations.states import ClaimStatus, SuspensionStatus
from portal.privacy.states import ErasureStatus
from portal.tendering.states import EndingStatus, IttStatus

STATES: Mapping[str, frozenset[str]] = {
    name: frozenset(str(state) for state in states)
    for name, states in {
        "absence": AbsenceStatus,
        "admission": AdmissionStatus,
        "application": ApplicationStatus,
        "authority": ("active",),
        "award": (*DecisionStatus, "lapsed"),
        "bid": BidStatus,
        "contract": ("concluded",),
        "ending": (*EndingStatus, "lapsed"),
        "erasure": ErasureStatus,
        "framework": FrameworkStatus,
        "identity_decision": ChangeStatus,
        "invitation": ("open", "declined"),
        "itt": IttStatus,
        "lost_factor": LostStatus,
        "number_claim": ClaimStatus,
        "panel": (*PanelWorkStatus, "waiting", "ended"),
        "provider": ("not_yet_verified", "verified"),
        "role": GrantStatus,
        "setting": ("open", "closed"),
        "summary": ("issued",),
        "suspension": SuspensionStatus,
    }.items()
}
"""The states of each object of the policy: those of its lifecycle, and those that it works out."""

UNREACHED: Mapping[tuple[str, str], str] = {
    ("award", "lapsed"): "a cancellation while an award waits is in tests/portal/ending",
}
"""States that nobody's acts lead to, each with the reason."""


def models() -> dict[str, type[Any]]:
    """The class of each object of the policy."""
    return {
        mapper.class_.policy_object: mapper.class_
        for mapper in Model.registry.mappers
        if hasattr(mapper.class_, "policy_object")
    }


def everything() -> dict[tuple[str, str], list[Any]]:
    """What the database holds, by object and state, in the order of its making."""
    found: dict[tuple[str, str], list[Any]] = {}
    for name, model in models().items():
        for thing in db.session.scalars(select(model).order_by(*model.__mapper__.primary_key)):
            found.setdefault((name, thing.policy_state), []).append(thing)
    return found
