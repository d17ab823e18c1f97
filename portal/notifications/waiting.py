"""What waits for somebody: for each kind of reminder a query, and nothing else decides whether it is still to be done.

Each gives `subject_id`, `provider_id` (whose it is; none where it is an officer's or a panel's), `turns_at` (the
instant that the timetable counts from) and `since` (from when on it has waited as it is).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, ColumnElement, Select, Uuid, and_, cast, exists, func, null, select
from sqlalchemy.orm import aliased

from portal.accounts.absence_models import Absence, AbsenceStatus
from portal.accounts.card_models import AccessCard, CardPurpose
from portal.accounts.link_models import LinkPurpose, MailedLink
from portal.accounts.models import GrantStatus, HeldRole, RoleGrant
from portal.awarding.models import AwardDecision, AwardPlace, SettingAside, Standstill
from portal.awarding.states import DecisionStatus, SettingAsideStatus
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.bidding.validity_models import ValidityAnswer, ValidityRequest
from portal.contracts.queries import is_to_sign
from portal.core.permissions import Role
from portal.evaluation.models import PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.validity import accepting, opened_at
from portal.joining.models import Application, ApplicationDecision
from portal.joining.states import PENDING, ApplicationStatus, Outcome
from portal.judging.models import JUDGED_WHILE, Judgement
from portal.judging.states import JudgementStatus
from portal.tendering.clarifying.mail_models import MailFollower
from portal.tendering.clarifying.models import Reader
from portal.tendering.decline_models import Decline
from portal.tendering.ending_models import Ending
from portal.tendering.method_versions import MethodVersion
from portal.tendering.models import Invitation, InvitationToTender, Lot
from portal.tendering.states import BEFORE_CONTRACT, ENDED, EndingStatus, IttStatus

Itt = InvitationToTender
_OVERTAKEN = Bid.submitted_method < Lot.method_version
OFFICERS = cast(null(), Uuid)
"""Of no provider."""


def unsent_bids(now: datetime) -> Select[Any]:
    """Bids that were begun and never submitted, while bids are taken; a withdrawn one was meant to be."""
    return _bids(now).where(Bid.status == BidStatus.DRAFT)


def changed_bids(now: datetime) -> Select[Any]:
    """Submitted bids with changes that were not submitted; one that an addendum overtook is told of that instead."""
    changed = Bid.draft_revision > Bid.submitted_revision
    return _bids(now).join(Lot, Lot.id == Bid.lot_id).where(Bid.status == BidStatus.SUBMITTED, changed, ~_OVERTAKEN)


def unconfirmed_bids(now: datetime) -> Select[Any]:
    """Submitted bids that an addendum overtook, since it was published."""
    made = (MethodVersion.itt_id == Bid.itt_id) & (MethodVersion.number == Lot.method_version)
    return (
        _waits(Bid.id, Bid.provider_id, Itt.closes_at, MethodVersion.published_at)
        .join(Itt, Itt.id == Bid.itt_id)
        .join(Lot, Lot.id == Bid.lot_id)
        .join(MethodVersion, made)
        .where(*_taking_bids(now), Bid.status == BidStatus.SUBMITTED, _OVERTAKEN)
    )


def unanswered_invitations(now: datetime) -> Select[Any]:
    """Invitations whose provider has neither begun a bid nor said no; the subject is the call-off."""
    begun = exists().where(Bid.itt_id == Invitation.itt_id, Bid.provider_id == Invitation.provider_id)
    declined = exists().where(Decline.itt_id == Invitation.itt_id, Decline.provider_id == Invitation.provider_id)
    return (
        _waits(Itt.id, Invitation.provider_id, Itt.closes_at, Invitation.invited_at)
        .join(Itt, Itt.id == Invitation.itt_id)
        .where(*_taking_bids(now), ~declined, ~begun)
    )


def read_invitations(now: datetime) -> Select[Any]:
    """Invitations that a provider has looked at and neither begun, declined nor been asked about by name."""
    provider = Reader.provider_id
    begun = exists().where(Bid.itt_id == Reader.itt_id, Bid.provider_id == provider)
    declined = exists().where(Decline.itt_id == Reader.itt_id, Decline.provider_id == provider)
    invited = exists().where(Invitation.itt_id == Reader.itt_id, Invitation.provider_id == provider)
    waits = _waits(Itt.id, provider, Itt.closes_at, Reader.since).join(Itt, Itt.id == Reader.itt_id)
    return waits.where(*_taking_bids(now), ~begun, ~declined, ~invited)


def followed_invitations(now: datetime) -> Select[Any]:
    """Invitations that somebody follows by mail alone; how many do is nobody's to know."""
    followed = exists().where(MailFollower.itt_id == Itt.id, MailFollower.confirmed_at.is_not(None))
    return _waits(Itt.id, OFFICERS, Itt.closes_at, Itt.published_at).where(*_taking_bids(now), followed)


def unanswered_validities(now: datetime) -> Select[Any]:
    """Bids whose bidder was asked whether they stand for longer and has not said, while the answer counts."""
    ends_at = _end_of(ValidityRequest.answer_by_date)
    return (
        _waits(Bid.id, Bid.provider_id, ends_at, ValidityRequest.asked_at)
        .join(ValidityAnswer, ValidityAnswer.bid_id == Bid.id)
        .join(ValidityRequest, ValidityRequest.id == ValidityAnswer.request_id)
        .join(Itt, Itt.id == Bid.itt_id)
        .where(ValidityAnswer.agrees.is_(None), Bid.disregarded_at.is_(None), Itt.status.in_(BEFORE_CONTRACT))
        .where(ends_at > now)
    )


def unsent_applications(now: datetime) -> Select[Any]:
    """Applications that were begun and never sent, while they can be."""
    return _applications(now).where(Application.status == ApplicationStatus.DRAFT)


def changed_applications(now: datetime) -> Select[Any]:
    """Applications with changes that were not sent, an answer to the officers' question among them."""
    changed = (Application.version > 0, Application.revision > Application.submitted_revision)
    sent = (ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION, ApplicationStatus.REFUSED)
    return _applications(now).where(Application.status.in_(sent), *changed)


def closing_applications(now: datetime) -> Select[Any]:
    """The same two, when the time to send them ends: with the framework's window, or with the validity."""
    since = func.coalesce(Application.saved_at, Application.created_at)
    ends_at = func.coalesce(JoiningWindow.closes_at, Framework.valid_until)
    unsent = (Application.revision > Application.submitted_revision) | (Application.version == 0)
    return (
        _waits(Application.id, Application.provider_id, ends_at, since)
        .join(Framework, Framework.id == Application.framework_id)
        .outerjoin(JoiningWindow, opened_at(now))
        .where(Application.status.not_in(_SETTLED), unsent, accepting(now))
    )


def unused_cards(now: datetime) -> Select[Any]:
    """Panels whose young people have cards that run out unused; the first one decides. The subject is the panel."""
    seat = and_(HeldRole.user_id == AccessCard.user_id, HeldRole.role == Role.YOUNG_MEMBER, HeldRole.ended_at.is_(None))
    return (
        _waits(HeldRole.panel_id, OFFICERS, func.min(AccessCard.expires_at), func.min(AccessCard.issued_at))
        .select_from(AccessCard)
        .join(HeldRole, seat)
        .join(PanelWork, PanelWork.panel_id == HeldRole.panel_id)
        .join(Itt, Itt.id == PanelWork.itt_id)
        .where(*_unused(now), PanelWork.status == PanelWorkStatus.SCORING, Itt.status.not_in(ENDED))
        .group_by(HeldRole.panel_id)
    )


def unused_invitations(now: datetime) -> Select[Any]:
    """People who have not joined yet, before their newest link runs out; the subject is the link."""
    link, newer = MailedLink, aliased(MailedLink)
    again = exists().where(
        newer.user_id == link.user_id, newer.purpose == link.purpose, newer.created_at > link.created_at
    )
    return _waits(link.id, OFFICERS, link.expires_at, link.created_at).where(
        link.purpose == LinkPurpose.JOIN,
        link.used_at.is_(None),
        link.withdrawn_at.is_(None),
        link.expires_at > now,
        ~again,
    )


def openings(now: datetime) -> Select[Any]:
    """Invitations to tender whose bids can be opened, however many there are."""
    return _waits(Itt.id, OFFICERS, Itt.closes_at, Itt.published_at).where(
        Itt.status == IttStatus.PUBLISHED, Itt.closes_at <= now
    )


def moderations(now: datetime) -> Select[Any]:
    """Panels that moderate; the subject is the panel."""
    started = PanelWork.moderation_started_at
    return (
        _waits(PanelWork.panel_id, OFFICERS, started, started)
        .join(Itt, Itt.id == PanelWork.itt_id)
        .where(PanelWork.status == PanelWorkStatus.MODERATING, Itt.status == IttStatus.OPENED)
    )


def awards_to_decide(now: datetime) -> Select[Any]:
    """Proposed awards that wait for an approver."""
    award = AwardDecision
    waits = _waits(award.id, OFFICERS, award.proposed_at, award.proposed_at).join(Itt, Itt.id == award.itt_id)
    return waits.where(award.status == DecisionStatus.PROPOSED, Itt.status.not_in(ENDED))


def endings_to_decide(now: datetime) -> Select[Any]:
    """Proposals to end a procurement that wait for an approver."""
    waits = _waits(Ending.id, OFFICERS, Ending.proposed_at, Ending.proposed_at).join(Itt, Itt.id == Ending.itt_id)
    return waits.where(Ending.status == EndingStatus.PROPOSED, Itt.status.in_(BEFORE_CONTRACT))


def settings_aside_to_decide(now: datetime) -> Select[Any]:
    """Proposals to set an award aside that wait for an approver."""
    aside = SettingAside
    waits = _waits(aside.id, OFFICERS, aside.proposed_at, aside.proposed_at).join(Itt, Itt.id == aside.itt_id)
    return waits.where(aside.status == SettingAsideStatus.PROPOSED, Itt.status.in_(BEFORE_CONTRACT))


def judgements_to_decide(now: datetime) -> Select[Any]:
    """Judgements that would take a bid out, or back in, and wait for an approver."""
    judgement = Judgement
    waits = _waits(judgement.id, OFFICERS, judgement.proposed_at, judgement.proposed_at)
    waits = waits.join(Itt, Itt.id == judgement.itt_id)
    return waits.where(judgement.status == JudgementStatus.PROPOSED, Itt.status.in_(JUDGED_WHILE))


def refusals_to_decide(now: datetime) -> Select[Any]:
    """Proposed refusals of applications that wait for an approver."""
    refusal = ApplicationDecision
    return (
        _waits(refusal.id, OFFICERS, refusal.proposed_at, refusal.proposed_at)
        .join(Application, Application.id == refusal.application_id)
        .where(
            refusal.outcome == Outcome.REFUSED,
            refusal.decided_at.is_(None),
            refusal.sent_back_at.is_(None),
            Application.status == ApplicationStatus.REFUSAL_PROPOSED,
        )
    )


def applications_to_decide(now: datetime) -> Select[Any]:
    """Applications that were sent and not decided, by the end of the day that was promised."""
    ends_at = _end_of(Application.due_on)
    return _waits(Application.id, OFFICERS, ends_at, Application.received_at).where(Application.status.in_(PENDING))


def contracts_to_conclude(now: datetime) -> Select[Any]:
    """Awards whose standstill is over and whose contract nobody has concluded; the subject is the award."""
    unsigned = exists().where(AwardPlace.decision_id == AwardDecision.id, is_to_sign())
    waits = _waits(Standstill.decision_id, OFFICERS, Standstill.ended_at, Standstill.ended_at)
    waits = waits.join(Itt, Itt.id == Standstill.itt_id)
    waits = waits.join(AwardDecision, AwardDecision.id == Standstill.decision_id)
    return waits.where(Standstill.ended_at.is_not(None), unsigned, Itt.status.not_in(ENDED))


def roles_to_confirm(now: datetime) -> Select[Any]:
    """Roles that wait for their second person."""
    return _waits(RoleGrant.id, OFFICERS, RoleGrant.proposed_at, RoleGrant.proposed_at).where(
        RoleGrant.status == GrantStatus.PROPOSED
    )


def deputies_to_confirm(now: datetime) -> Select[Any]:
    """Deputies who wait for their second person, while there is a day left."""
    return _waits(Absence.id, OFFICERS, Absence.proposed_at, Absence.proposed_at).where(
        Absence.status == AbsenceStatus.PROPOSED, Absence.ends_at > now
    )


_SETTLED = (ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.REFUSAL_PROPOSED)


def _waits(subject: Any, provider: Any, turns_at: Any, since: Any) -> Select[Any]:
    labels = ("subject_id", "provider_id", "turns_at", "since")
    return select(
        *(column.label(label) for column, label in zip((subject, provider, turns_at, since), labels, strict=True))
    )


def _end_of(day: Any) -> Any:
    """The instant at which a day ends in London."""
    return cast(func.timezone("Europe/London", cast(day + 1, TIMESTAMP)), TIMESTAMP(timezone=True))


def _bids(now: datetime) -> Select[Any]:
    since = func.coalesce(Bid.draft_saved_at, Bid.created_at)
    bids = _waits(Bid.id, Bid.provider_id, Itt.closes_at, since)
    return bids.join(Itt, Itt.id == Bid.itt_id).where(*_taking_bids(now))


def _taking_bids(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Itt.status == IttStatus.PUBLISHED, Itt.closes_at > now


def _applications(now: datetime) -> Select[Any]:
    since = func.coalesce(Application.saved_at, Application.created_at)
    applications = _waits(Application.id, Application.provider_id, since, since)
    return applications.join(Framework, Framework.id == Application.framework_id).where(accepting(now))


def _unused(now: datetime) -> tuple[ColumnElement[bool], ...]:
    card = AccessCard
    in_force = (card.used_at.is_(None), card.withdrawn_at.is_(None), card.expires_at > now)
    return card.purpose == CardPurpose.SITTING, *in_force
