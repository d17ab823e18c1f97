"""Letters about what waits: each to those who can do it, each saying nothing of anybody else's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from portal.accounts.absence_models import Absence
from portal.accounts.card_models import AccessCard, CardPurpose
from portal.accounts.granting import deciders_of
from portal.accounts.link_models import MailedLink
from portal.accounts.models import HeldRole, RoleGrant
from portal.audit.models import Event
from portal.awarding.models import AwardDecision, SettingAside
from portal.bidding.confirming import changed_since
from portal.bidding.models import Bid
from portal.bidding.validity import validity_of
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.evaluation.models import PanelWork
from portal.joining.completeness import gaps_of
from portal.joining.models import Application, ApplicationDecision
from portal.judging.models import Judgement
from portal.notifications import recipients
from portal.notifications.addressing import about, page_for_officers, page_for_provider, page_of
from portal.notifications.composing import tell
from portal.notifications.letters_to_interested import tell_by_mail_alone
from portal.notifications.models import Reminder
from portal.notifications.timetable import TIMETABLE
from portal.regulation.local_time import local_date
from portal.tendering.ending_models import Ending
from portal.tendering.entitlement import may_bid
from portal.tendering.models import InvitationToTender

Letter = dict[str, Any]
"""What `tell` takes, but for event and template."""


def reminder_due(event: Event) -> None:
    """Whoever can do what waits is reminded of it; nobody, where it was done meanwhile."""
    reminder = db.session.get_one(Reminder, event.object_id)
    if not _still_waits(reminder):
        return
    if reminder.kind == "followed_invitation":
        tell_by_mail_alone(event, reminder.subject_id)
    letter = WRITERS[reminder.kind](reminder)
    if letter:
        tell(event=event, template=f"reminders/{reminder.kind}", **letter)


def _still_waits(reminder: Reminder) -> bool:
    entry = next(entry for entry in TIMETABLE if entry.kind == reminder.kind)
    rows = entry.waits(clock.now()).subquery()
    same = (
        rows.c.subject_id == reminder.subject_id,
        rows.c.provider_id.is_not_distinct_from(reminder.provider_id),
        rows.c.turns_at == reminder.turns_at,
    )
    return db.session.scalars(select(rows.c.subject_id).where(*same)).first() is not None


def _bid(reminder: Reminder) -> Letter:
    """To the bidder's own people, while it may bid."""
    bid = db.session.get_one(Bid, reminder.subject_id)
    if not may_bid(bid.itt_id, bid.provider_id, clock.now()):
        return {}
    return {
        "people": recipients.people_of_providers([bid.provider_id]),
        "link": page_of("bids.show", reference=bid.reference),
        "thread": bid.itt_id,
        "bid": bid,
        "itt": bid.itt,
        "gaps": None if _is_asked_otherwise(bid) else bid.draft_gaps,
    }


def _unconfirmed_bid(reminder: Reminder) -> Letter:
    """The same, with the page where it is confirmed."""
    letter = _bid(reminder)
    return {**letter, "link": page_of("bid_confirming.confirm", reference=letter["bid"].reference)} if letter else {}


def _is_asked_otherwise(bid: Bid) -> bool:
    """Whether an addendum came after the draft was saved: what was open then says nothing about now."""
    saved_at = bid.draft_saved_at
    return saved_at is not None and any(change.is_after(saved_at) for change in changed_since(bid))


def _invitation(reminder: Reminder) -> Letter:
    """To the invited provider's people, while it may bid."""
    itt = db.session.get_one(InvitationToTender, reminder.subject_id)
    if not may_bid(itt.id, reminder.provider_id, clock.now()):
        return {}
    assert reminder.provider_id is not None
    return {
        "people": recipients.people_of_providers([reminder.provider_id]),
        "link": page_of("invitations.index", part=itt.reference),
        "thread": itt.id,
        "itt": itt,
    }


def _read_invitation(reminder: Reminder) -> Letter:
    """The same, to a provider that has looked at it; the page is where it says that it is not for it."""
    letter = _invitation(reminder)
    return letter and {**letter, "link": page_of("opportunities.show", reference=letter["itt"].reference)}


def _followed_invitation(reminder: Reminder) -> Letter:
    """To no inbox: whoever follows with an account has looked at it, and is reminded with their organisation."""
    return {}


def _unanswered_validity(reminder: Reminder) -> Letter:
    """To the bidder's own people, with what they are asked."""
    bid = db.session.get_one(Bid, reminder.subject_id)
    last = validity_of(bid).last
    assert last is not None
    return {
        "people": recipients.people_of_providers([bid.provider_id]),
        "link": page_of("validity.answer", reference=bid.reference),
        "thread": bid.itt_id,
        "bid": bid,
        "itt": bid.itt,
        "request": last.request,
    }


def _application(reminder: Reminder) -> Letter:
    """To the applicant's own people, with how much is still open."""
    application = db.session.get_one(Application, reminder.subject_id)
    return {
        "people": recipients.people_of_providers([application.provider_id]),
        "link": page_for_provider(application),
        "thread": application.id,
        "gaps": len(gaps_of(application, today=local_date(clock.now()))),
        "ends_at": reminder.turns_at,
        **about(application),
    }


def _cards(reminder: Reminder) -> Letter:
    """To the panel's facilitators, who hand the cards out."""
    panel_id = reminder.subject_id
    itt = db.session.get_one(PanelWork, panel_id).itt
    unused = select(func.count()).select_from(AccessCard).join(HeldRole, HeldRole.user_id == AccessCard.user_id)
    mine = (HeldRole.panel_id == panel_id, HeldRole.ended_at.is_(None), AccessCard.purpose == CardPurpose.SITTING)
    still = (AccessCard.used_at.is_(None), AccessCard.withdrawn_at.is_(None), AccessCard.expires_at > clock.now())
    return {
        "people": recipients.people_of_panel(panel_id, Role.FACILITATOR),
        "link": page_of("panel_desk.cards", panel_id=panel_id),
        "thread": itt.id,
        "itt": itt,
        "count": db.session.scalar(unused.where(*mine, *still)),
        "ends_at": reminder.turns_at,
    }


def _unused_invitation(reminder: Reminder) -> Letter:
    """To whoever invited the person."""
    link = db.session.get_one(MailedLink, reminder.subject_id)
    return {
        "people": recipients.still_here([link.asked_by_id] if link.asked_by_id else []),
        "link": page_of("colleagues.index"),
        "thread": link.user_id,
        "person": link.user,
        "ends_at": link.expires_at,
    }


def _opening(reminder: Reminder) -> Letter:
    """To the openers; how many bids there are is told to nobody."""
    itt = db.session.get_one(InvitationToTender, reminder.subject_id)
    return _of_itt(itt, "openings.show", Role.OPENER)


def _moderation(reminder: Reminder) -> Letter:
    """To those who lead that panel, and no other."""
    work = db.session.get_one(PanelWork, reminder.subject_id)
    return {
        "people": recipients.people_of_panel(work.panel_id, Role.CHAIR, Role.FACILITATOR),
        "link": page_of("moderation.board", panel_id=work.panel_id),
        "thread": work.itt_id,
        "itt": work.itt,
        "panel": work.panel,
    }


def _award(reminder: Reminder) -> Letter:
    """To the approvers, but for whoever proposed it."""
    award = db.session.get_one(AwardDecision, reminder.subject_id)
    return _of_itt(award.itt, "awards.show", Role.APPROVER, apart_from=award.proposed_by_id)


def _ending(reminder: Reminder) -> Letter:
    """To the approvers, but for whoever proposed it."""
    ending = db.session.get_one(Ending, reminder.subject_id)
    letter = _of_itt(ending.itt, "endings.show", Role.APPROVER, apart_from=ending.proposed_by_id)
    return {**letter, "ending": ending}


def _setting_aside(reminder: Reminder) -> Letter:
    """To the approvers, but for whoever proposed it."""
    proposal = db.session.get_one(SettingAside, reminder.subject_id)
    letter = _of_itt(proposal.itt, "setting_aside.show", Role.APPROVER, apart_from=proposal.proposed_by_id)
    return {**letter, "proposal": proposal}


def _judgement(reminder: Reminder) -> Letter:
    """To the approvers, but for whoever proposed it."""
    judgement = db.session.get_one(Judgement, reminder.subject_id)
    letter = _of_itt(judgement.itt, "compliance.index", Role.APPROVER, apart_from=judgement.proposed_by_id)
    return {**letter, "judgement": judgement}


def _refusal(reminder: Reminder) -> Letter:
    """To the approvers, but for whoever proposed it."""
    refusal = db.session.get_one(ApplicationDecision, reminder.subject_id)
    return _of_application(refusal.application, "admissions.refusal", Role.APPROVER, apart_from=refusal.proposed_by_id)


def _application_to_decide(reminder: Reminder) -> Letter:
    """To the commissioners of the lead authority."""
    application = db.session.get_one(Application, reminder.subject_id)
    return _of_application(application, "admissions.show", Role.COMMISSIONER)


def _contract(reminder: Reminder) -> Letter:
    """To those who conclude contracts."""
    award = db.session.get_one(AwardDecision, reminder.subject_id)
    return _of_itt(award.itt, "contract_desk.conclude", Role.COMMISSIONER, Role.CONTRACT_MANAGER)


def _role(reminder: Reminder) -> Letter:
    """To the administrators who can be the second person; to the platform's where there is none."""
    proposed = db.session.get_one(RoleGrant, reminder.subject_id)
    return {
        "people": deciders_of(proposed) or recipients.people_of_platform(),
        "link": page_of("roles.decide", role_id=proposed.id),
        "thread": proposed.id,
        "person": proposed.user,
        "authority": proposed.place.name,
        "role": proposed.role.value.replace("_", " "),
    }


def _deputy(reminder: Reminder) -> Letter:
    """The same for a deputy."""
    absence = db.session.get_one(Absence, reminder.subject_id)
    return {
        "people": deciders_of(absence) or recipients.people_of_platform(),
        "link": page_of("absences.decide", absence_id=absence.id),
        "thread": absence.id,
        "person": absence.user,
        "deputy": absence.deputy,
        "place": absence.place.name,
    }


WRITERS: Mapping[str, Callable[[Reminder], Letter]] = {
    "unsent_bid": _bid,
    "changed_bid": _bid,
    "unconfirmed_bid": _unconfirmed_bid,
    "unanswered_invitation": _invitation,
    "read_invitation": _read_invitation,
    "followed_invitation": _followed_invitation,
    "unanswered_validity": _unanswered_validity,
    "unsent_application": _application,
    "changed_application": _application,
    "closing_application": _application,
    "unused_cards": _cards,
    "unused_invitation": _unused_invitation,
    "opening": _opening,
    "moderation": _moderation,
    "award_to_decide": _award,
    "judgement_to_decide": _judgement,
    "ending_to_decide": _ending,
    "setting_aside_to_decide": _setting_aside,
    "refusal_to_decide": _refusal,
    "application_to_decide": _application_to_decide,
    "contract_to_conclude": _contract,
    "role_to_confirm": _role,
    "deputy_to_confirm": _deputy,
}


def _of_itt(itt: InvitationToTender, page: str, *roles: Role, apart_from: uuid.UUID | None = None) -> Letter:
    people = recipients.people_of_authority(itt.authority_id, *roles, apart_from=apart_from)
    return {"people": people, "link": page_of(page, reference=itt.reference), "thread": itt.id, "itt": itt}


def _of_application(application: Application, page: str, *roles: Role, apart_from: uuid.UUID | None = None) -> Letter:
    return {
        "people": recipients.people_of_authority(application.framework.authority_id, *roles, apart_from=apart_from),
        "link": page_for_officers(application, page),
        "thread": application.id,
        "provider": application.provider.name,
        **about(application),
    }
