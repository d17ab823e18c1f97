"""What a call-off takes over from its framework, and what the law of each kind asks of it, with the sections."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import exists, func, or_, select

from portal.core.columns import db
from portal.core.errors import PortalError
from portal.core.numbers import plain
from portal.core.parsing.text import has_text
from portal.core.words import counted
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkCriterion, FrameworkLot, Participant
from portal.regulation.framework_law import CallOffLaw
from portal.regulation.kinds import IttKind
from portal.regulation.local_time import local_date
from portal.regulation.procurement_rows import NAMING_ONE_PROVIDER
from portal.regulation.queries import require_codes
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.tree import children_of

ADEQUATE_DAYS = 10
"""Days for a mini-competition under which the page warns: the law says "adequate" and has no number."""


class CallOffRefused(PortalError):
    """The law or the framework's published terms do not allow this call-off; the message names the section."""

    code = "call_off_refused"
    status = 422


def parent_of(itt: InvitationToTender) -> Framework | None:
    """The framework that the invitation is called off from, or None for an open one."""
    return itt.framework_lot.framework if itt.framework_lot is not None else None


def codes_of(itt: InvitationToTender, codes: Iterable[str]) -> tuple[list[str], bool]:
    """Read CPV codes, and say whether the invitation is light touch: a call-off only if its framework is too.

    Raises `InvalidInput` (field `cpv_codes`).
    """
    read, light_touch = require_codes(codes)
    framework = parent_of(itt)
    return read, light_touch and (framework is None or framework.light_touch)


def require_committed(framework: Framework, authority_id: uuid.UUID, *, on: date) -> None:
    """Refuse an authority without a recorded commitment to take part, or one that has withdrawn it."""
    committed = exists().where(
        Participant.framework_id == framework.id,
        Participant.authority_id == authority_id,
        Participant.committed_on <= on,
        or_(Participant.withdrawn_on.is_(None), Participant.withdrawn_on > on),
    )
    if not db.session.execute(select(committed)).scalar_one():
        terms = framework.calling_off
        raise CallOffRefused(
            f"Your authority has no recorded commitment to this {framework.kind_words}, so it cannot call off from it "
            f"({terms.buyers}). Ask the lead authority to record it."
        )


def require_in_force(framework: Framework, at: datetime) -> None:
    """Refuse a framework that is not valid at `at`: not live yet, expired or ended."""
    if not framework.is_valid(at):
        terms = framework.calling_off
        raise CallOffRefused(
            f"This {framework.kind_words} is not valid now, so nothing can be called off from it ({terms.buyers})."
        )


def require_kind(framework: Framework, kind: IttKind) -> None:
    """Refuse a kind of call-off that the framework's law or its published terms do not know."""
    terms = framework.calling_off
    is_direct = kind in NAMING_ONE_PROVIDER
    if is_direct and kind not in terms.kinds:
        raise CallOffRefused(
            f"Nothing is awarded directly from a {framework.kind_words}: every member is invited ({terms.direct}).",
            field="kind",
        )
    if kind not in terms.kinds:
        raise CallOffRefused(f"That is not how work is called off from a {framework.kind_words}.", field="kind")
    if is_direct and not has_text(framework.direct_award_terms):
        raise CallOffRefused(
            "This framework’s published terms have no conditions for a direct award, so there can be none "
            f"({terms.direct}). Run a mini-competition.",
            field="kind",
        )


def members_of(lot: FrameworkLot, at: datetime) -> int:
    """How many providers are active members of the lot at `at`."""
    query = select(func.count()).select_from(Admission).where(Admission.lot_id == lot.id, Admission.is_active(at))
    return db.session.execute(query).scalar_one()


def require_before_its_end(itt: InvitationToTender, closes_at: datetime) -> None:
    """Refuse a closing time of a call-off that lies after its framework's end."""
    framework = parent_of(itt)
    if framework is not None and framework.valid_until is not None and closes_at >= framework.valid_until:
        terms = framework.calling_off
        raise CallOffRefused(
            f"The {framework.kind_words} ends on {framework.valid_until:%-d %B %Y}. Bidding must close before, while "
            f"its members are members ({terms.everybody}).",
            field="closes",
        )


def warnings_of(itt: InvitationToTender, now: datetime) -> list[str]:
    """What the law leaves to judgement about a call-off, for somebody to think about before publication."""
    framework = parent_of(itt)
    if framework is None or itt.framework_lot is None:
        return []
    warnings = []
    days = (local_date(itt.closes_at) - local_date(now)).days if itt.closes_at else ADEQUATE_DAYS
    if itt.law.adequate_time_law and days < ADEQUATE_DAYS:
        hours = int((itt.closes_at - now) / timedelta(hours=1)) if itt.closes_at else 0
        # A day that is called "0 days" or "1 day" does not tell how short it is.
        time = f"only {counted(hours, 'hour')}" if days < 3 else counted(days, "day")
        warnings.append(
            f"Members have {time}. The time must be adequate for the work that an "
            f"answer takes ({itt.law.adequate_time_law}); small providers need more than large ones."
        )
    if itt.law.applicants_may_bid and members_of(itt.framework_lot, now) == 0:
        warnings.append(
            "Nobody is a member of this lot yet. Providers can apply now, and may bid while their application waits "
            "(PA2023 s.34(4))."
        )
    return warnings


def invitation_faults(itt: InvitationToTender, now: datetime) -> Iterator[str]:
    """Say why nobody could be invited, or why a direct award is not ready."""
    framework, lot = parent_of(itt), itt.framework_lot
    if framework is None or lot is None:
        return
    terms = framework.calling_off
    if not framework.is_valid(now):
        yield f"The {framework.kind_words} is not valid now, so nothing can be called off from it ({terms.buyers})."
    if itt.law.names_one_provider:
        if itt.direct_award_provider_id is None or not itt.direct_award_reason:
            yield f"Say whom you award to, and how the published conditions are met ({terms.direct})."
        elif itt.direct_award_approved_at is None:
            yield "A second person, an approver, has to approve the direct award before you publish."
    elif not itt.law.applicants_may_bid and members_of(lot, now) == 0:
        yield nobody_to_invite(lot, terms)


def nobody_to_invite(lot: FrameworkLot, terms: CallOffLaw) -> str:
    """The sentence for a lot without an active member."""
    return (
        f"Nobody is an active member of lot {lot.number} now, so there is nobody to invite. Publish when the first "
        f"provider has been admitted ({terms.everybody})."
    )


def criteria_faults(itt: InvitationToTender, changed: Mapping[uuid.UUID, Decimal] | None = None) -> Iterator[str]:
    """Say where the draft's criteria do not make the framework's more precise, but replace or drop them.

    Every criterion at the top belongs to one of the framework's; what belongs to one weighs, together, within its
    published range; one with a lowest weight above nothing is there. A framework without criteria asks nothing.
    `changed`: weights that would hold instead of those that do, by criterion.
    """
    framework = parent_of(itt)
    if framework is None or not framework.criteria:
        return
    law = framework.calling_off.criteria
    weights: dict[uuid.UUID, Decimal] = {}
    for node in children_of(itt, None):
        if node.framework_criterion_id is None:
            yield f"“{node.title}” belongs to no criterion of the framework. Say which it makes more precise ({law})."
        else:
            weights[node.framework_criterion_id] = weights.get(node.framework_criterion_id, Decimal(0)) + (
                (changed or {}).get(node.id, node.weight)
            )
    for criterion in framework.criteria:
        if criterion.id not in weights:
            if criterion.lowest_weight > 0:
                yield f"The framework’s “{criterion.title}” is missing; it weighs {_range(criterion)} ({law})."
        elif not criterion.lowest_weight <= weights[criterion.id] <= criterion.highest_weight:
            yield (
                f"“{criterion.title}” weighs {plain(weights[criterion.id])} here. The framework’s published range "
                f"is {_range(criterion)} ({law})."
            )


def root_of(itt: InvitationToTender, node: AwardCriterion) -> AwardCriterion:
    """The criterion at the top that a node stands under: its part of the framework's criteria is the node's too."""
    by_id = {other.id: other for other in itt.criteria}
    while node.parent_id is not None:
        node = by_id[node.parent_id]
    return node


def _range(criterion: FrameworkCriterion) -> str:
    low, high = plain(criterion.lowest_weight), plain(criterion.highest_weight)
    return low if low == high else f"{low} to {high}"
