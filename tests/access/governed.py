"""Everything that the policy governs, and the states that each knows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.absence_models import AbsenceStatus
from portal.accounts.factor_models import LostStatus
from portal.accounts.models import GrantStatus
from portal.awarding.states import DecisionStatus, SettingAsideStatus
from portal.bidding.states import BidStatus
from portal.core import clock
from portal.core.columns import Model
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.moderation import waiting_for
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.frameworks.states import AdmissionStatus, FrameworkStatus
from portal.joining.states import ApplicationStatus
from portal.judging.states import JudgementStatus
from portal.members.states import ChangeStatus
from portal.organisations.states import ClaimStatus, SuspensionStatus
from portal.privacy.states import ErasureStatus
from portal.tendering.amending.states import AddendumStatus
from portal.tendering.clarifying.states import ClarificationStatus
from portal.tendering.helping.states import HelpStatus
from portal.tendering.interests.states import MitigationStatus
from portal.tendering.states import EndingStatus, IttStatus

STATES: Mapping[str, frozenset[str]] = {
    name: frozenset(str(state) for state in states)
    for name, states in {
        "absence": AbsenceStatus,
        "addendum": AddendumStatus,
        "admission": AdmissionStatus,
        "application": ApplicationStatus,
        "authority": ("active",),
        "award": (*DecisionStatus, "lapsed"),
        "bid": BidStatus,
        "clarification": ClarificationStatus,
        "correspondence": ("open",),
        "decline": ("any",),
        "ending": (*EndingStatus, "lapsed"),
        "enquiry": ("asked", "answered", "ended"),
        "erasure": ErasureStatus,
        "framework": FrameworkStatus,
        "held_words": HeldStatus,
        "help_request": HelpStatus,
        "identity_decision": ChangeStatus,
        "itt": IttStatus,
        "judgement": (*JudgementStatus, "lapsed"),
        "lost_factor": LostStatus,
        "mitigation": MitigationStatus,
        "number_claim": ClaimStatus,
        "panel": (*PanelWorkStatus, "waiting", "ended"),
        "provider": ("not_yet_verified", "verified"),
        "role": GrantStatus,
        "setting": ("open", "closed"),
        "setting_aside": (*SettingAsideStatus, "lapsed"),
        "summary": ("issued",),
        "suspension": SuspensionStatus,
        "undertaking": ("any",),
    }.items()
}
"""The states of each object of the policy: those of its lifecycle, and those that it works out."""

UNREACHED: Mapping[tuple[str, str], str] = {
    ("addendum", "withdrawn"): "taking a change back is in tests/portal/tendering/amending",
    ("ending", "withdrawn"): "taking a proposal back is in tests/portal/ending",
    ("enquiry", "ended"): "a cancellation while an answer waits is in tests/portal/judging",
    ("judgement", "lapsed"): "a cancellation while a judgement waits is in tests/portal/judging",
    ("held_words", "unscreened"): "only an upgrade leaves them, for seconds",
    ("held_words", "replaced"): "an edit is in tests/portal/evaluation/safeguarding",
    ("held_words", "released"): "a release is in tests/portal/evaluation/safeguarding",
    ("held_words", "withheld"): "keeping back is in tests/portal/evaluation/safeguarding",
    ("award", "lapsed"): "a cancellation while an award waits is in tests/portal/ending",
    ("setting_aside", "lapsed"): "a cancellation while one waits is in tests/portal/ending",
}
"""States that nobody's acts in the scenario lead to, each with the reason."""


def models() -> dict[str, type[Any]]:
    """The class of each object of the policy."""
    return {
        mapper.class_.policy_object: mapper.class_
        for mapper in Model.registry.mappers
        if hasattr(mapper.class_, "policy_object")
    }


APART: Mapping[str, Callable[[Any], Hashable]] = {
    "absence": lambda it: it.authority_id is None,
    "admission": lambda it: (it.framework.kind, it.reasons_sent_at is None),
    "application": lambda it: it.provider_id,
    "bid": lambda it: (it.itt.status, it.itt.has_closed(clock.now())),
    "clarification": lambda it: it.itt.status,
    "erasure": lambda it: it.authority_id,
    "identity_decision": lambda it: it.framework is None,
    "itt": lambda it: (it.kind, it.has_closed(clock.now())),
    "lost_factor": lambda it: any(row.authority_id for row in it.user.held_roles),
    "suspension": lambda it: it.authority_id,
    "role": lambda it: it.is_successor,
    "panel": lambda it: (it.panel.kind, bool(waiting_for(it)), it.itt.has_outcome),
}
"""What makes things of one state different to somebody who comes to them."""


def everything() -> list[Any]:
    """Whatever the database holds, by object and state, in an order of its own."""
    found = [
        thing
        for model in models().values()
        for thing in db.session.scalars(select(model).order_by(*model.__mapper__.primary_key))
    ]
    return sorted(found, key=lambda thing: (thing.policy_object, thing.policy_state))


def one_of_each(things: Iterable[Any]) -> list[Any]:
    """One thing for each object and state, and for whatever else sets things of that state apart."""
    found: dict[Hashable, Any] = {}
    for thing in things:
        apart = APART.get(thing.policy_object, lambda _: None)(thing)
        found.setdefault((thing.policy_object, thing.policy_state, apart), thing)
    return list(found.values())
