"""Every kind of event, in the order of a procurement. `worker/reactions.py` has an entry for each."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What can be written into the ledger."""

    # Accounts and organisations (chain "system")
    PERSON_REGISTERED = "person_registered"
    PROVIDER_REGISTERED = "provider_registered"
    PROVIDER_CHANGED = "provider_changed"
    PROVIDER_VERIFIED = "provider_verified"
    MEMBER_INVITED = "member_invited"
    MEMBERSHIP_GRANTED = "membership_granted"
    MEMBERSHIP_ENDED = "membership_ended"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"
    SECOND_FACTOR_SET = "second_factor_set"
    ACCESS_CARD_ISSUED = "access_card_issued"
    ACCESS_CARD_USED = "access_card_used"
    ACCESS_REFUSED = "access_refused"
    # Tendering
    ITT_DRAFTED = "itt_drafted"
    ITT_CHANGED = "itt_changed"
    ITT_PUBLISHED = "itt_published"
    ITT_CANCELLED = "itt_cancelled"
    ITT_CLOSED = "itt_closed"
    # Bidding
    BID_STARTED = "bid_started"
    BID_DRAFT_SAVED = "bid_draft_saved"
    BID_SUBMITTED = "bid_submitted"
    BID_WITHDRAWN = "bid_withdrawn"
    BID_REFUSED_LATE = "bid_refused_late"
    OPENING_STARTED = "opening_started"
    OPENING_REFUSED = "opening_refused"
    BIDS_OPENED = "bids_opened"
    BID_FILE_VIEWED = "bid_file_viewed"
    # Evaluation
    PANEL_MEMBER_APPOINTED = "panel_member_appointed"
    PANEL_MEMBER_REMOVED = "panel_member_removed"
    INTEREST_DECLARED = "interest_declared"
    MEMBER_RECUSED = "member_recused"
    SCORECARD_SUBMITTED = "scorecard_submitted"
    MODERATION_STARTED = "moderation_started"
    SCORE_AGREED = "score_agreed"
    MODERATION_CLOSED = "moderation_closed"
    RESULT_CALCULATED = "result_calculated"
    RESULT_BLOCKED = "result_blocked"
    # Awarding
    AWARD_PROPOSED = "award_proposed"
    AWARD_REFUSED = "award_refused"
    AWARD_DECIDED = "award_decided"
    SUMMARIES_ISSUED = "summaries_issued"
    STANDSTILL_STARTED = "standstill_started"
    STANDSTILL_ENDED = "standstill_ended"
    # Contracts
    CONTRACT_CONCLUDED = "contract_concluded"
    # Notices
    NOTICE_PUBLISHED = "notice_published"
