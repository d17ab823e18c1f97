"""The ledger in words."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.dashboards.queries import Entry
from portal.dashboards.words import SENTENCES, happenings, sentence

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ELSEWHERE = {
    # On the chain "system".
    EventKind.PERSON_REGISTERED, EventKind.PROVIDER_REGISTERED, EventKind.PROVIDER_CHANGED, EventKind.PROVIDER_VERIFIED,
    EventKind.EMERGENCY_LINE_SET, EventKind.LOCALITY_ADDED, EventKind.LOCALITY_CHANGED, EventKind.LOCALITY_REMOVED,
    EventKind.MEMBER_INVITED, EventKind.MEMBERSHIP_GRANTED, EventKind.MEMBERSHIP_ENDED, EventKind.SIGNED_IN,
    EventKind.ROLE_PROPOSED, EventKind.ROLE_CONFIRMED, EventKind.ROLE_REFUSED, EventKind.ROLES_CHANGED,
    EventKind.ABSENCE_PROPOSED, EventKind.ABSENCE_AGREED, EventKind.ABSENCE_REFUSED, EventKind.ABSENCE_ENDED,
    EventKind.PASSKEY_ADDED, EventKind.PASSKEY_REMOVED, EventKind.RECOVERY_CODES_MADE, EventKind.LOST_FACTOR_ASKED,
    EventKind.LOST_FACTOR_CHECKED, EventKind.LOST_FACTOR_REFUSED, EventKind.LOST_FACTOR_REMOVED,
    EventKind.SIGN_IN_REFUSED, EventKind.SIGNED_OUT, EventKind.PASSWORD_CHANGED, EventKind.SECOND_FACTOR_SET,
    EventKind.ACCESS_CARD_ISSUED, EventKind.ACCESS_CARD_USED, EventKind.ACCESS_REFUSED,
    EventKind.ACCESS_PIN_CHOSEN,
    EventKind.TRAINING_ASKED_FOR, EventKind.TRAINING_RECORDED, EventKind.TRAINING_TAKEN_BACK,
    EventKind.ACCESS_PIN_FORGOTTEN,
    EventKind.CODE_REFUSED, EventKind.SECOND_FACTOR_REFUSED,
    # On a chain of its own.
    EventKind.REMINDER_DUE, EventKind.MAIL_GIVEN_UP,
    EventKind.VERIFICATION_CODE_POSTED, EventKind.DOMAIN_NAMED, EventKind.VERIFICATION_REFUSED,
    EventKind.VERIFICATION_WITHDRAWN, EventKind.IDENTITY_CHANGE_ASKED, EventKind.IDENTITY_CHANGE_WITHDRAWN,
    EventKind.IDENTITY_CHANGE_ACCEPTED, EventKind.IDENTITY_CHANGE_REFUSED, EventKind.NUMBER_CLAIMED,
    EventKind.HOLDER_ASKED, EventKind.CLAIM_ANSWERED, EventKind.CLAIM_DISMISSED, EventKind.MOVE_PROPOSED,
    EventKind.MOVE_REFUSED, EventKind.NUMBER_MOVED, EventKind.SUSPENSION_PROPOSED, EventKind.SUSPENSION_REFUSED,
    EventKind.ORGANISATION_SUSPENDED, EventKind.LIFTING_PROPOSED, EventKind.LIFTING_REFUSED,
    EventKind.ORGANISATION_LIFTED, EventKind.REGISTRATION_REPEATED, EventKind.CONFIRMATION_ASKED,
    EventKind.ADDRESS_CONFIRMED, EventKind.ADDRESS_CHANGE_ASKED, EventKind.ADDRESS_CHANGED,
    EventKind.ADDRESS_CHANGE_STOPPED, EventKind.NAME_CHANGED, EventKind.LANGUAGE_CHOSEN, EventKind.SESSIONS_ENDED,
    EventKind.PASSWORD_RESET_ASKED, EventKind.PERSONAL_DATA_EXPORTED, EventKind.ERASURE_ASKED,
    EventKind.ERASURE_WITHDRAWN, EventKind.ERASURE_REFUSED, EventKind.PERSON_ERASED, EventKind.BID_ABANDONED,
    # On the chain of the question.
    EventKind.CLARIFICATION_ASKED, EventKind.CLARIFICATION_TAKEN_BACK, EventKind.CLARIFICATION_ANSWERED,
    EventKind.CLARIFICATION_ANSWERED_ALONE, EventKind.MAIL_FOLLOW_ASKED, EventKind.HELP_ASKED, EventKind.HELP_ANSWERED,
    # On the chain of the correspondence.
    EventKind.BIDDER_WROTE, EventKind.BUYER_WROTE,
    # On the chain of the bid.
    EventKind.BID_STARTED, EventKind.BID_DRAFT_SAVED, EventKind.BID_SUBMITTED, EventKind.BID_WITHDRAWN,
    EventKind.BID_REFUSED_LATE, EventKind.BID_READY, EventKind.BID_KEPT_LATE, EventKind.BID_ADMITTED_LATE,
    # On the chain of the undertaking.
    EventKind.UNDERTAKING_SIGNED,
    # On the chain of the framework.
    EventKind.FRAMEWORK_DRAFTED, EventKind.FRAMEWORK_CHANGED, EventKind.FRAMEWORK_WENT_LIVE,
    EventKind.FRAMEWORK_CEASED, EventKind.PARTICIPANT_COMMITTED, EventKind.PARTICIPANT_WITHDREW,
    EventKind.APPLICATION_STARTED, EventKind.APPLICATION_READY, EventKind.APPLICATION_SUBMITTED,
    EventKind.APPLICATION_REFUSED_LATE,
    EventKind.APPLICATION_CLARIFIED, EventKind.APPLICATION_EXTENDED, EventKind.APPLICATION_WITHDRAWN,
    EventKind.REFUSAL_PROPOSED, EventKind.REFUSAL_SENT_BACK, EventKind.APPLICATION_REFUSED,
    EventKind.PROVIDER_ADMITTED, EventKind.MEMBERS_IMPORTED, EventKind.RENEWAL_ASKED, EventKind.DECLARATIONS_RENEWED,
    EventKind.MEMBERSHIP_PAUSED, EventKind.MEMBERSHIP_RESUMED, EventKind.MEMBERSHIP_SUSPENDED,
    EventKind.SUSPENSION_LIFTED, EventKind.REMOVAL_PROPOSED, EventKind.REMOVAL_REASONS_SENT,
    EventKind.REMOVAL_DROPPED, EventKind.PROVIDER_REMOVED, EventKind.PROVIDER_LEFT, EventKind.EVIDENCE_LAPSING,
    EventKind.ADDRESS_CHANGE_ASKED, EventKind.ADDRESS_CHANGE_STOPPED, EventKind.ADDRESS_CHANGED,
    EventKind.ADDRESS_CONFIRMED, EventKind.CONFIRMATION_ASKED, EventKind.PASSWORD_RESET_ASKED,
    EventKind.REGISTRATION_REPEATED, EventKind.LANGUAGE_CHOSEN, EventKind.NAME_CHANGED, EventKind.SESSIONS_ENDED,
    EventKind.ERASURE_ASKED, EventKind.ERASURE_REFUSED, EventKind.ERASURE_WITHDRAWN, EventKind.PERSON_ERASED,
    EventKind.PERSONAL_DATA_EXPORTED, EventKind.BID_ABANDONED, EventKind.SUSPENSION_PROPOSED,
    EventKind.SUSPENSION_REFUSED, EventKind.ORGANISATION_SUSPENDED, EventKind.LIFTING_PROPOSED,
    EventKind.LIFTING_REFUSED, EventKind.ORGANISATION_LIFTED, EventKind.VERIFICATION_CODE_POSTED,
    EventKind.VERIFICATION_REFUSED, EventKind.VERIFICATION_WITHDRAWN,
    EventKind.BREACH_ANSWERED, EventKind.BREACH_NOTED, EventKind.DRAFT_DESTROYED, EventKind.RETENTION_CARRIED_OUT,
    EventKind.RETENTION_HELD, EventKind.RETENTION_RELEASED, EventKind.PERSON_KEY_REPLACED,
    EventKind.PERSON_KEY_DROPPED,
}  # fmt: skip


def entry(kind: EventKind, who: str, minutes: int, **data: str) -> Entry:
    """A ledger entry so many minutes before nine."""
    event = Event(id=uuid.uuid4(), kind=kind.value, at=AT - timedelta(minutes=minutes), data=data, hash=b"")
    return Entry(event, who)


def test_every_kind_has_a_sentence() -> None:
    """Whatever is written on a procurement's own chain is told in words."""
    assert set(SENTENCES) == set(EventKind) - ELSEWHERE


def test_an_unknown_kind_is_shown_by_its_name() -> None:
    """Nothing is left out for want of words."""
    assert sentence("something_new") == "Something new"


def test_runs_are_told_once() -> None:
    """What one person did several times in a row is one line with a count; another person or panel begins a new one."""
    history = [
        entry(EventKind.SCORE_AGREED, "Demo Chair", 1, panel="local"),
        entry(EventKind.SCORE_AGREED, "Demo Chair", 2, panel="local"),
        entry(EventKind.SCORE_AGREED, "Demo Facilitator", 3, panel="young-people"),
        entry(EventKind.SCORECARD_SUBMITTED, "Kestrel", 4, panel="young-people"),
        entry(EventKind.NOTICE_PUBLISHED, "The portal", 5, reference="ITT-1-UK4"),
        entry(EventKind.STANDSTILL_STARTED, "The portal", 6, last_day="2026-12-04"),
    ]
    told = happenings(history, {"local": "Local panel", "young-people": "Young people’s panel"})
    assert [(one.what, one.who, one.detail, one.count) for one in told] == [
        ("A panel agreed a score", "Demo Chair", "Local panel", 2),
        ("A panel agreed a score", "Demo Facilitator", "Young people’s panel", 1),
        ("A panel member submitted a scorecard", "Kestrel", "Young people’s panel", 1),
        ("A notice was published", "The portal", "ITT-1-UK4", 1),
        ("The standstill began", "The portal", "Until the end of 4 December 2026", 1),
    ]
    assert told[0].at == history[0].event.at
