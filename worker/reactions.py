"""THE table: what follows when something happens. Nothing else in the product reacts to an event.

All reactions of an event run in the relay in one savepoint, and may run again after a crash: none does a
thing twice (messages, notices, standstills and results are all unique for their event or inputs).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime

from portal.audit import outbox
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.awarding import standstill
from portal.core import clock
from portal.extensions import db
from portal.frameworks.queries import current_memberships
from portal.members.removing import note_reasons_sent
from portal.notices.publisher import publisher
from portal.notices.publishing import publish_release
from portal.notifications import (
    letters,
    letters_of_absences,
    letters_of_accounts,
    letters_of_applications,
    letters_of_approvals,
    letters_of_call_offs,
    letters_of_changes,
    letters_of_endings,
    letters_of_factors,
    letters_of_help,
    letters_of_interests,
    letters_of_joint_buyers,
    letters_of_judgements,
    letters_of_late_bids,
    letters_of_mail,
    letters_of_memberships,
    letters_of_organisations,
    letters_of_panels,
    letters_of_reminders,
    letters_of_roles,
    letters_of_safeguarding,
    letters_of_setting_aside,
    letters_of_validity,
    letters_to_interested,
)
from portal.notifications.dead_addresses import try_again
from portal.privacy import letters as letters_of_erasure
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import AWARD
from portal.tendering.inviting import invite_newly_admitted
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from worker.app import flask_app

Reaction = Callable[[Event], None]


def ask_for_notice(event: Event) -> None:
    """The notice that announces the event is published next: a delivery of its own, so that it holds up nobody."""
    outbox.enqueue(event_id=event.id, consumer=outbox.NOTICE, subject_ids=[event.object_id])


def ask_for_award_notice(event: Event) -> None:
    """The award is announced after every bidder was written to (Procurement Act 2023 s.50(3)-(4))."""
    outbox.enqueue(event_id=event.id, consumer=outbox.NOTICE_ONCE_MAILED, subject_ids=[event.object_id])


def calculate_once_moderated(event: Event) -> None:
    """Once the last panel has closed, ask for the result, and again when a bid goes or comes back."""
    itt = db.session.get_one(InvitationToTender, uuid.UUID(event.chain))
    if itt.status is IttStatus.MODERATED:
        outbox.enqueue(event_id=event.id, consumer=outbox.RESULT, subject_ids=[itt.id])


def diagnose_result(event: Event) -> None:
    """What decided a result is worked out once it is stored, in a task of its own."""
    outbox.enqueue(event_id=event.id, consumer=outbox.DIAGNOSTICS, subject_ids=[event.object_id])


def announce_award(event: Event) -> None:
    """The standstill begins with the day of the contract award notice (Procurement Act 2023 s.51(2))."""
    if event.data["kind_code"] == AWARD:
        # Events of earlier releases have no day: their notices counted from their publication here.
        said = event.data.get("announced")
        on = date.fromisoformat(said) if said else local_date(datetime.fromisoformat(event.data["published_at"]))
        standstill.announce_award(decision_id=uuid.UUID(event.data["about"]), on=on)


def invite_member(event: Event) -> None:
    """Who is a member from now on is invited to every call-off of the lot that is still open.

    What it may answer does not wait for this: that is a query.
    """
    invite_newly_admitted(admission_id=event.object_id, now=clock.database_time())


def invite_imported_members(event: Event) -> None:
    """Members that came with a file are invited like any other."""
    imported = [uuid.UUID(provider_id) for provider_id in event.data["providers"]]
    for admission in current_memberships(event.object_id, imported):
        invite_newly_admitted(admission_id=admission, now=clock.database_time())


def send_removal_reasons(event: Event) -> None:
    """The reasons are noted as sent once they are in the inboxes of the provider's people (PA2023 s.37)."""
    if letters_of_memberships.removal_proposed(event):
        note_reasons_sent(admission_id=event.object_id, at=clock.database_time())


def send_what_came_back(event: Event) -> None:
    """Whoever has another address gets there what the old one did not take."""
    try_again(person_id=event.object_id, now=clock.now())


NOTHING: tuple[Reaction, ...] = ()

REACTIONS: Mapping[EventKind, tuple[Reaction, ...]] = {
    EventKind.PERSON_REGISTERED: (letters_of_accounts.confirmation_wanted,),
    EventKind.LOCALITY_ADDED: NOTHING,
    EventKind.LOCALITY_CHANGED: NOTHING,
    EventKind.LOCALITY_REMOVED: NOTHING,
    EventKind.PROVIDER_REGISTERED: NOTHING,
    EventKind.PROVIDER_CHANGED: NOTHING,
    EventKind.PROVIDER_VERIFIED: (letters_of_organisations.provider_verified,),
    EventKind.VERIFICATION_CODE_POSTED: (letters_of_organisations.verification_code_posted,),
    EventKind.DOMAIN_NAMED: (letters_of_organisations.domain_named,),
    EventKind.VERIFICATION_REFUSED: (letters_of_organisations.verification_refused,),
    EventKind.VERIFICATION_WITHDRAWN: (letters_of_organisations.verification_withdrawn,),
    EventKind.IDENTITY_CHANGE_ASKED: (letters_of_organisations.identity_change_asked,),
    EventKind.IDENTITY_CHANGE_WITHDRAWN: NOTHING,
    EventKind.IDENTITY_CHANGE_ACCEPTED: (letters_of_organisations.identity_change_decided,),
    EventKind.IDENTITY_CHANGE_REFUSED: (letters_of_organisations.identity_change_decided,),
    EventKind.NUMBER_CLAIMED: (letters_of_organisations.number_claimed,),
    EventKind.HOLDER_ASKED: (letters_of_organisations.holder_asked,),
    EventKind.CLAIM_ANSWERED: (letters_of_organisations.claim_waits,),
    EventKind.CLAIM_DISMISSED: (letters_of_organisations.claim_dismissed,),
    EventKind.MOVE_PROPOSED: (letters_of_organisations.claim_waits,),
    EventKind.MOVE_REFUSED: NOTHING,
    EventKind.NUMBER_MOVED: (letters_of_organisations.number_moved,),
    EventKind.SUSPENSION_PROPOSED: (letters_of_organisations.suspension_proposed,),
    EventKind.SUSPENSION_REFUSED: (letters_of_organisations.suspension_refused,),
    EventKind.ORGANISATION_SUSPENDED: (letters_of_organisations.organisation_suspended,),
    EventKind.LIFTING_PROPOSED: (letters_of_organisations.lifting_proposed,),
    EventKind.LIFTING_REFUSED: NOTHING,
    EventKind.ORGANISATION_LIFTED: (letters_of_organisations.organisation_lifted,),
    EventKind.MEMBER_INVITED: (letters_of_accounts.member_invited,),
    EventKind.MEMBERSHIP_GRANTED: NOTHING,
    EventKind.ROLE_PROPOSED: (letters_of_roles.role_proposed,),
    EventKind.ROLE_CONFIRMED: (letters_of_roles.role_confirmed,),
    EventKind.ROLE_REFUSED: (letters_of_roles.role_refused,),
    EventKind.ROLES_CHANGED: (letters_of_roles.roles_changed,),
    EventKind.ABSENCE_PROPOSED: (letters_of_absences.absence_proposed,),
    EventKind.ABSENCE_AGREED: (letters_of_absences.absence_agreed,),
    EventKind.ABSENCE_REFUSED: (letters_of_absences.absence_refused,),
    EventKind.ABSENCE_ENDED: (letters_of_absences.absence_ended,),
    EventKind.MEMBERSHIP_ENDED: (letters_of_roles.membership_ended,),
    EventKind.SIGNED_IN: (letters_of_accounts.signed_in,),
    EventKind.SIGN_IN_REFUSED: NOTHING,
    EventKind.SIGNED_OUT: NOTHING,
    EventKind.REGISTRATION_REPEATED: (letters_of_accounts.registration_repeated,),
    EventKind.CONFIRMATION_ASKED: (letters_of_accounts.confirmation_wanted,),
    EventKind.ADDRESS_CONFIRMED: NOTHING,
    EventKind.ADDRESS_CHANGE_ASKED: (letters_of_accounts.address_change_asked,),
    EventKind.ADDRESS_CHANGED: (letters_of_accounts.address_changed, send_what_came_back),
    EventKind.ADDRESS_CHANGE_STOPPED: (letters_of_accounts.address_change_stopped,),
    EventKind.NAME_CHANGED: NOTHING,
    EventKind.LANGUAGE_CHOSEN: NOTHING,
    EventKind.SESSIONS_ENDED: NOTHING,
    EventKind.PASSWORD_RESET_ASKED: (letters_of_accounts.password_reset_asked,),
    EventKind.PASSWORD_CHANGED: (letters_of_accounts.password_changed,),
    EventKind.SECOND_FACTOR_SET: NOTHING,
    EventKind.SECOND_FACTOR_REFUSED: NOTHING,
    EventKind.PASSKEY_ADDED: NOTHING,
    EventKind.PASSKEY_REMOVED: NOTHING,
    EventKind.RECOVERY_CODES_MADE: NOTHING,
    EventKind.LOST_FACTOR_ASKED: (letters_of_factors.lost_factor_asked,),
    EventKind.LOST_FACTOR_CHECKED: (letters_of_factors.lost_factor_checked,),
    EventKind.LOST_FACTOR_REFUSED: (letters_of_factors.lost_factor_refused,),
    EventKind.LOST_FACTOR_REMOVED: (letters_of_factors.lost_factor_removed,),
    EventKind.ACCESS_CARD_ISSUED: NOTHING,
    EventKind.ACCESS_CARD_USED: NOTHING,
    EventKind.ACCESS_PIN_CHOSEN: NOTHING,
    EventKind.ACCESS_PIN_FORGOTTEN: NOTHING,
    EventKind.CODE_REFUSED: NOTHING,
    EventKind.ACCESS_REFUSED: NOTHING,
    EventKind.PERSONAL_DATA_EXPORTED: NOTHING,
    EventKind.ERASURE_ASKED: (letters_of_erasure.erasure_asked,),
    EventKind.ERASURE_WITHDRAWN: NOTHING,
    EventKind.ERASURE_REFUSED: (letters_of_erasure.erasure_refused,),
    EventKind.PERSON_ERASED: NOTHING,
    EventKind.DRAFT_DESTROYED: NOTHING,
    EventKind.PERSON_KEY_REPLACED: NOTHING,
    EventKind.PERSON_KEY_DROPPED: NOTHING,
    EventKind.RETENTION_CARRIED_OUT: NOTHING,
    EventKind.RETENTION_HELD: NOTHING,
    EventKind.RETENTION_RELEASED: NOTHING,
    EventKind.BREACH_NOTED: NOTHING,
    EventKind.BREACH_ANSWERED: NOTHING,
    EventKind.FRAMEWORK_DRAFTED: NOTHING,
    EventKind.FRAMEWORK_CHANGED: NOTHING,
    EventKind.FRAMEWORK_WENT_LIVE: NOTHING,
    EventKind.FRAMEWORK_CEASED: (letters_of_memberships.framework_ceased,),
    EventKind.PARTICIPANT_COMMITTED: NOTHING,
    EventKind.PARTICIPANT_WITHDREW: NOTHING,
    EventKind.APPLICATION_STARTED: NOTHING,
    EventKind.APPLICATION_READY: (letters_of_applications.application_ready,),
    EventKind.APPLICATION_SUBMITTED: (letters_of_applications.application_submitted,),
    EventKind.APPLICATION_REFUSED_LATE: (letters_of_applications.application_refused_late,),
    EventKind.APPLICATION_CLARIFIED: (letters_of_applications.application_clarified,),
    EventKind.APPLICATION_EXTENDED: (letters_of_applications.application_extended,),
    EventKind.APPLICATION_WITHDRAWN: NOTHING,
    EventKind.REFUSAL_PROPOSED: (letters_of_applications.refusal_proposed,),
    EventKind.REFUSAL_SENT_BACK: (letters_of_applications.refusal_sent_back,),
    EventKind.APPLICATION_REFUSED: (letters_of_applications.application_refused,),
    EventKind.PROVIDER_ADMITTED: (letters_of_applications.provider_admitted, invite_member),
    EventKind.MEMBERS_IMPORTED: (invite_imported_members,),
    EventKind.RENEWAL_ASKED: (letters_of_memberships.renewal_asked,),
    EventKind.DECLARATIONS_RENEWED: (letters_of_memberships.declarations_renewed,),
    EventKind.MEMBERSHIP_PAUSED: NOTHING,
    EventKind.MEMBERSHIP_RESUMED: (letters_of_memberships.membership_resumed, invite_member),
    EventKind.MEMBERSHIP_SUSPENDED: (letters_of_memberships.membership_suspended,),
    EventKind.SUSPENSION_LIFTED: (letters_of_memberships.suspension_lifted, invite_member),
    EventKind.REMOVAL_PROPOSED: (send_removal_reasons,),
    EventKind.REMOVAL_REASONS_SENT: NOTHING,
    EventKind.REMOVAL_DROPPED: (letters_of_memberships.removal_dropped,),
    EventKind.PROVIDER_REMOVED: (letters_of_memberships.provider_removed,),
    EventKind.PROVIDER_LEFT: (letters_of_memberships.provider_left,),
    EventKind.EVIDENCE_LAPSING: (letters_of_applications.evidence_lapsing,),
    EventKind.ITT_DRAFTED: NOTHING,
    EventKind.JOINT_BUYER_ADDED: (letters_of_joint_buyers.joint_buyer_added,),
    EventKind.JOINT_BUYER_REMOVED: NOTHING,
    EventKind.JOINT_BUYER_AGREED: NOTHING,
    EventKind.ITT_COPIED: NOTHING,
    EventKind.ITT_CHANGED: NOTHING,
    EventKind.INTEREST_ASKED: (letters_of_interests.interest_asked,),
    EventKind.INTEREST_NOT_ASKED: NOTHING,
    EventKind.INTEREST_REGISTERED: NOTHING,
    EventKind.MITIGATION_PROPOSED: (letters_of_interests.mitigation_proposed,),
    EventKind.MITIGATION_DECIDED: (letters_of_interests.mitigation_decided,),
    EventKind.CONFLICTS_ASSESSED: NOTHING,
    EventKind.PUBLICATION_PROPOSED: (letters_of_approvals.publication_proposed,),
    EventKind.PUBLICATION_SENT_BACK: (letters_of_approvals.publication_sent_back,),
    EventKind.PUBLICATION_APPROVED: (letters_of_approvals.publication_approved,),
    EventKind.ITT_PUBLISHED: (ask_for_notice, letters.itt_published),
    EventKind.ITT_CANCELLED: NOTHING,
    EventKind.ITT_CLOSED: (letters.itt_closed,),
    EventKind.ITT_HANDED_OVER: (letters.itt_handed_over,),
    EventKind.INVITATIONS_ISSUED: (letters_of_call_offs.invitations_issued,),
    EventKind.PROVIDER_INVITED_LATE: (letters_of_call_offs.provider_invited_late,),
    EventKind.DIRECT_AWARD_APPROVED: (letters_of_call_offs.direct_award_approved,),
    EventKind.UNDERTAKING_SIGNED: NOTHING,
    EventKind.RESTRICTED_DOCUMENT_READ: NOTHING,
    EventKind.UNDECIDED_APPLICATIONS_EXPLAINED: NOTHING,
    EventKind.CLARIFICATION_ASKED: (letters_of_changes.clarification_asked,),
    EventKind.MAIL_FOLLOW_ASKED: (letters_to_interested.mail_follow_asked,),
    EventKind.CLARIFICATION_TAKEN_BACK: NOTHING,
    EventKind.HELP_ASKED: (letters_of_help.help_asked,),
    EventKind.HELP_ANSWERED: (letters_of_help.help_answered,),
    EventKind.CLARIFICATION_ANSWERED: NOTHING,
    EventKind.CLARIFICATION_ANSWERED_ALONE: (letters_of_changes.clarification_answered_alone,),
    EventKind.ANSWERS_PUBLISHED: (letters_to_interested.tell_interested,),
    EventKind.ADDENDUM_PROPOSED: (letters_of_changes.addendum_proposed,),
    EventKind.ADDENDUM_WITHDRAWN: NOTHING,
    EventKind.ADDENDUM_REFUSED: (letters_of_changes.addendum_refused,),
    EventKind.ADDENDUM_PUBLISHED: (letters_to_interested.tell_interested, ask_for_notice),
    EventKind.BID_STARTED: NOTHING,
    EventKind.BID_DRAFT_SAVED: NOTHING,
    EventKind.BID_ABANDONED: NOTHING,
    EventKind.BID_READY: (letters.bid_ready,),
    EventKind.BID_SUBMITTED: (letters.bid_submitted,),
    EventKind.BID_WITHDRAWN: (letters.bid_withdrawn,),
    EventKind.BID_REFUSED_LATE: (letters.bid_refused_late,),
    EventKind.BID_KEPT_LATE: (letters_of_late_bids.late_bid_kept, letters_of_late_bids.late_bid_came),
    EventKind.BID_ADMITTED_LATE: NOTHING,
    EventKind.LATE_BID_PROPOSED: (letters_of_late_bids.late_bid_proposed,),
    EventKind.LATE_BID_DECIDED: (letters_of_late_bids.late_bid_decided,),
    EventKind.BIDDER_WROTE: (letters_of_changes.bidder_wrote,),
    EventKind.BUYER_WROTE: (letters_of_changes.buyer_wrote,),
    EventKind.OPENING_STARTED: NOTHING,
    EventKind.OPENING_REFUSED: NOTHING,
    EventKind.BIDS_OPENED: (letters.bids_opened,),
    EventKind.PRICES_OPENED: (calculate_once_moderated,),
    EventKind.BID_FILE_VIEWED: NOTHING,
    EventKind.VALIDITY_ASKED: (letters_of_validity.validity_asked,),
    EventKind.VALIDITY_ANSWERED: (letters_of_validity.validity_answered, letters_of_validity.answer_received),
    EventKind.JUDGED: NOTHING,
    EventKind.PASSED_BY_RULE: NOTHING,
    EventKind.JUDGEMENT_PROPOSED: (letters_of_judgements.judgement_proposed,),
    EventKind.JUDGEMENT_REFUSED: (letters_of_judgements.judgement_refused,),
    EventKind.DEBARMENT_LIST_BROUGHT_IN: NOTHING,
    EventKind.BIDDER_CHECKED: NOTHING,
    EventKind.ENQUIRY_MADE: (letters_of_judgements.enquiry_made,),
    EventKind.ENQUIRY_ANSWERED: (letters_of_judgements.enquiry_answered,),
    EventKind.ENQUIRY_REFUSED_LATE: NOTHING,
    EventKind.JUDGEMENT_DECIDED: (letters_of_judgements.judgement_decided, calculate_once_moderated),
    EventKind.WORDS_HELD: (letters_of_safeguarding.words_held,),
    EventKind.WORDS_READ: NOTHING,
    EventKind.WORDS_DECIDED: NOTHING,
    EventKind.WORDS_UNREAD: (letters_of_safeguarding.words_unread,),
    EventKind.EMERGENCY_LINE_SET: NOTHING,
    EventKind.SAFEGUARDING_LEAD_NAMED: (letters_of_safeguarding.lead_named,),
    EventKind.PANEL_MEMBER_APPOINTED: NOTHING,
    EventKind.PANEL_MEMBER_REMOVED: NOTHING,
    EventKind.PANEL_REMOVAL_PROPOSED: (letters_of_panels.removal_waits,),
    EventKind.PANEL_REMOVAL_REFUSED: NOTHING,
    EventKind.PANEL_REMINDED: (letters_of_panels.panel_reminded,),
    EventKind.BIDS_SHARED_OUT: NOTHING,
    EventKind.TRAINING_ASKED_FOR: NOTHING,
    EventKind.TRAINING_RECORDED: NOTHING,
    EventKind.TRAINING_TAKEN_BACK: NOTHING,
    EventKind.SITTING_TIMES_SET: NOTHING,
    EventKind.TAKING_PART_RECORDED: NOTHING,
    EventKind.SITTING_BEGUN: NOTHING,
    EventKind.PRACTICE_FINISHED: NOTHING,
    EventKind.YOUNG_PEOPLE_PAIRED: NOTHING,
    EventKind.SAT_TOGETHER: NOTHING,
    EventKind.PAIR_PARTED: NOTHING,
    EventKind.YOUNG_CHAIR_NAMED: NOTHING,
    EventKind.YOUNG_CHAIR_FINISHED: NOTHING,
    EventKind.INTEREST_DECLARED: (letters_of_interests.link_declared,),
    EventKind.MEMBER_RECUSED: (letters.member_recused,),
    EventKind.SCORECARD_SUBMITTED: NOTHING,
    EventKind.MODERATION_STARTED: (letters.moderation_started,),
    EventKind.SCORE_AGREED: (letters_of_panels.score_waits,),
    EventKind.SCORE_ANSWERED: NOTHING,
    EventKind.SCORE_MOVED: NOTHING,
    EventKind.ATTENDANCE_CHANGED: NOTHING,
    EventKind.MODERATION_CLOSED: (letters.prices_to_open, calculate_once_moderated),
    EventKind.RESULT_CALCULATED: (diagnose_result, letters.result_calculated),
    EventKind.RESULT_DIAGNOSED: NOTHING,
    EventKind.WORDS_HIDDEN: NOTHING,
    EventKind.WORDS_SHOWN_AGAIN: NOTHING,
    EventKind.RESULT_BLOCKED: (letters.result_blocked,),
    EventKind.LOT_COMMITTED: (letters_of_endings.lot_committed,),
    EventKind.LOT_REVEALED: NOTHING,
    EventKind.FIRMNESS_SEEN: NOTHING,
    EventKind.LOOKED_AGAIN: NOTHING,
    EventKind.LOT_DRAWN: (calculate_once_moderated,),
    EventKind.LOT_ABANDONED: (letters_of_endings.lot_abandoned,),
    EventKind.EVALUATION_REPORT_TAKEN: NOTHING,
    EventKind.PANEL_TOLD: NOTHING,
    EventKind.AWARD_PROPOSED: (letters.award_proposed,),
    EventKind.AWARD_REFUSED: (letters.award_refused,),
    EventKind.AWARD_DECIDED: NOTHING,
    EventKind.SUMMARIES_ISSUED: (letters.summaries_issued, ask_for_award_notice, letters_of_panels.panel_to_tell),
    EventKind.STANDSTILL_STARTED: (letters.standstill_started,),
    EventKind.STANDSTILL_ENDED: (letters.standstill_ended,),
    EventKind.SETTING_ASIDE_PROPOSED: (letters_of_setting_aside.setting_aside_proposed,),
    EventKind.SETTING_ASIDE_REFUSED: (letters_of_setting_aside.setting_aside_refused,),
    EventKind.WINNER_WITHDREW: (letters_of_setting_aside.winner_withdrew,),
    EventKind.PLACE_LEFT_EMPTY: (letters_of_setting_aside.place_left_empty,),
    EventKind.EVALUATION_REOPENED: (letters_of_setting_aside.evaluation_reopened,),
    EventKind.ENDING_PROPOSED: (letters_of_endings.ending_proposed,),
    EventKind.ENDING_WITHDRAWN: NOTHING,
    EventKind.ENDING_REFUSED: (letters_of_endings.ending_refused,),
    EventKind.PROCUREMENT_CANCELLED: (
        letters_of_endings.procurement_cancelled,
        ask_for_notice,
        letters_of_panels.panel_to_tell,
    ),
    EventKind.LOT_NOT_AWARDED: (letters_of_endings.lot_not_awarded, ask_for_notice, letters_of_panels.panel_to_tell),
    EventKind.OPENING_KEY_DESTROYED: NOTHING,
    EventKind.CONTRACT_CONCLUDED: (ask_for_notice, letters.contract_concluded),
    EventKind.NOTICE_PREPARED: (letters.notice_prepared,),
    EventKind.NOTICE_PLACED: NOTHING,
    EventKind.NOTICE_PUBLISHED: (announce_award,),
    EventKind.REMINDER_DUE: (letters_of_reminders.reminder_due,),
    EventKind.MAIL_GIVEN_UP: (letters_of_mail.mail_given_up,),
}


def react(delivery: Delivery) -> None:
    """Carry out every reaction to the delivery's event."""
    for reaction in REACTIONS[EventKind(delivery.event.kind)]:
        reaction(delivery.event)


def publish(delivery: Delivery) -> None:
    """Publish the notice that announces the delivery's event, as an OCDS release."""
    settings = flask_app().config["SETTINGS"]
    publish_release(event_id=delivery.event_id, publisher=publisher(settings), now=clock.now())


def publish_once_mailed(delivery: Delivery) -> None:
    """Every bidder was written to: what counts from then begins, and the award notice is published or prepared."""
    assert delivery.subject_id is not None
    standstill.letters_sent(decision_id=delivery.subject_id, on=local_date(clock.now()))
    publish(delivery)
