"""Who is told: queries that name people by what they are entitled to know. A young panel member is never mailed.

Who stands in for somebody is told what that person is told for their roles.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased, load_only

from portal.accounts.absence_models import Absence, RoleInForce
from portal.accounts.models import HeldRole, User
from portal.bidding.models import Bid, DisregardedBid
from portal.bidding.states import BidStatus
from portal.core.columns import db
from portal.core.permissions import Role
from portal.frameworks.member_models import Admission
from portal.frameworks.states import CURRENT
from portal.organisations.models import ContractingAuthority, Provider, ProviderAlert
from portal.tendering.clarifying.models import Clarification, Follower
from portal.tendering.decline_models import Decline
from portal.tendering.models import Invitation, InvitationToTender, Panel


def people_of_providers(provider_ids: Iterable[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Everybody who works for one of the providers."""
    return _people(_members().where(RoleInForce.provider_id.in_(list(provider_ids))))


def people_with_alerts(itt: InvitationToTender) -> Sequence[uuid.UUID]:
    """Everybody of a provider that asked to hear of one of the ITT's CPV codes and was not invited by name."""
    interested = select(ProviderAlert.provider_id).where(ProviderAlert.cpv_code.in_(itt.cpv_codes))
    people = _members().where(RoleInForce.provider_id.in_(interested))
    return _people(people.where(RoleInForce.provider_id.not_in(_invited(itt.id))))


def invited_people(itt_id: uuid.UUID) -> Select[uuid.UUID]:
    """Everybody of a provider that was invited to the call-off, as a query: there may be thousands."""
    return _members().where(RoleInForce.provider_id.in_(_invited(itt_id))).distinct()


def interested_people(itt_id: uuid.UUID) -> Select[uuid.UUID]:
    """Everybody who follows the invitation, and everybody of a provider that bids, asked, or was invited to it."""
    bidding = select(Bid.provider_id).where(Bid.itt_id == itt_id)
    asking = select(Clarification.provider_id).where(Clarification.itt_id == itt_id)
    declined = select(Decline.provider_id).where(Decline.itt_id == itt_id)
    invited = _invited(itt_id).where(Invitation.provider_id.not_in(declined))
    following = select(Follower.user_id).where(Follower.itt_id == itt_id)
    return (
        _members()
        .where(or_(RoleInForce.provider_id.in_(union(bidding, asking, invited)), User.id.in_(following)))
        .distinct()
    )


def bids_of_lot(lot_id: uuid.UUID) -> Sequence[Bid]:
    """The submitted bids for one lot, by their identifiers alone."""
    bids = select(Bid).where(Bid.lot_id == lot_id, Bid.status == BidStatus.SUBMITTED).order_by(Bid.id)
    return db.session.scalars(bids.options(load_only(Bid.reference, Bid.provider_id, Bid.itt_id))).all()


def begun_bids(itt_id: uuid.UUID) -> Sequence[Bid]:
    """Every bid that was begun, submitted or not, by its identifiers alone: what its own people have worked on."""
    bids = select(Bid).where(Bid.itt_id == itt_id).order_by(Bid.id)
    return db.session.scalars(bids.options(load_only(Bid.reference, Bid.provider_id, Bid.itt_id, Bid.version))).all()


def submitted_bids(itt_id: uuid.UUID) -> Sequence[Bid]:
    """The submitted bids, by their identifiers alone: once they are opened, who bid is no secret."""
    bids = select(Bid).where(Bid.itt_id == itt_id, Bid.status == BidStatus.SUBMITTED).order_by(Bid.id)
    return db.session.scalars(bids.options(load_only(Bid.reference, Bid.provider_id, Bid.itt_id))).all()


def providers_set_aside(itt_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Providers whose bid stayed sealed at the opening, and why."""
    rows = db.session.execute(
        select(Bid.provider_id, DisregardedBid.reason)
        .join(DisregardedBid, DisregardedBid.bid_id == Bid.id)
        .where(Bid.itt_id == itt_id)
        .order_by(Bid.provider_id)
    )
    return {row.provider_id: row.reason for row in rows}


def members_of_framework(framework_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Everybody of a provider that is a member of one of the framework's lots, paused and suspended ones too."""
    members = select(Admission.provider_id).where(Admission.framework_id == framework_id, Admission.status.in_(CURRENT))
    return _people(_members().where(RoleInForce.provider_id.in_(members)))


def people_of_authority(
    authority_id: uuid.UUID, *roles: Role, apart_from: uuid.UUID | None = None
) -> Sequence[uuid.UUID]:
    """Everybody of the authority with one of the roles, but for one person."""
    people = _members().where(RoleInForce.authority_id == authority_id, RoleInForce.role.in_(roles))
    return _people(people if apart_from is None else people.where(User.id != apart_from))


def people_of_provider(provider_id: uuid.UUID, *roles: Role) -> Sequence[uuid.UUID]:
    """Everybody of the provider with one of the roles."""
    return _people(_members().where(RoleInForce.provider_id == provider_id, RoleInForce.role.in_(roles)))


def administrators_of(place: Provider | ContractingAuthority) -> Sequence[uuid.UUID]:
    """Everybody who administrates the organisation."""
    if isinstance(place, Provider):
        return people_of_provider(place.id, Role.PROVIDER_ADMINISTRATOR)
    return people_of_authority(place.id, Role.AUTHORITY_ADMINISTRATOR)


def administrators_over(person_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The administrators of the provider or authority that a person works for, or whose panel they are on."""
    held = aliased(HeldRole)
    theirs = (held.user_id == person_id, held.ended_at.is_(None))
    own = exists().where(
        *theirs,
        or_(
            and_(held.provider_id == RoleInForce.provider_id, RoleInForce.role == Role.PROVIDER_ADMINISTRATOR),
            and_(held.authority_id == RoleInForce.authority_id, RoleInForce.role == Role.AUTHORITY_ADMINISTRATOR),
        ),
    )
    seat = exists().where(
        *theirs,
        held.panel_id == Panel.id,
        Panel.itt_id == InvitationToTender.id,
        InvitationToTender.authority_id == RoleInForce.authority_id,
        RoleInForce.role == Role.AUTHORITY_ADMINISTRATOR,
    )
    return _people(_members().where(or_(own, seat)))


def people_of_platform() -> Sequence[uuid.UUID]:
    """The platform's administrators."""
    return _people(_members().where(RoleInForce.role == Role.PLATFORM_ADMINISTRATOR))


def people_of_panel(panel_id: uuid.UUID, *roles: Role) -> Sequence[uuid.UUID]:
    """Everybody on one panel with one of the roles."""
    return _people(_members().where(RoleInForce.panel_id == panel_id, RoleInForce.role.in_(roles)))


def still_here(people: Iterable[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Those of the people who still hold a role here."""
    return _people(_members().where(User.id.in_(list(people))))


def with_deputies(people: Iterable[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The people, and whoever stands in for one of them now."""
    asked = list(people)
    standing_in = select(Absence.deputy_id).where(Absence.user_id.in_(asked), Absence.holds_at(func.clock_timestamp()))
    return sorted({*asked, *db.session.scalars(standing_in)})


def _invited(itt_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Invitation.provider_id).where(Invitation.itt_id == itt_id)


def _members() -> Select[uuid.UUID]:
    return (
        select(User.id)
        .join(RoleInForce, RoleInForce.user_id == User.id)
        .where(
            User.is_active,
            User.email_index.is_not(None),
            RoleInForce.role != Role.YOUNG_MEMBER,
        )
    )


def _people(query: Select[uuid.UUID]) -> Sequence[uuid.UUID]:
    return db.session.scalars(query.distinct().order_by(User.id)).all()
