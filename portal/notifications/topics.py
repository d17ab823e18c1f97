"""What we write to people about: each letter belongs to one topic, and most topics can be kept to the inbox.

A letter that starts or ends a time somebody has, decides about them, or guards their account, is mailed in any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Role

OFFICERS = AUTHORITY_ROLES | {Role.PLATFORM_ADMINISTRATOR}
ADULTS = frozenset(Role) - {Role.YOUNG_MEMBER}
"""Nobody writes to young panel members: what they need is on their panel's page."""
ON_PANELS = PANEL_ROLES & ADULTS


@dataclass(frozen=True)
class Topic:
    """One topic: its name and a word on it, who gets such letters, and their templates.

    `always` says why it is mailed in any case; empty where people can choose.
    """

    key: str
    title: str
    hint: str
    roles: frozenset[Role]
    letters: tuple[str, ...]
    always: str = ""


TOPICS: tuple[Topic, ...] = (
    Topic(
        "invitations",
        "Invitations to bid",
        "Work that only you and other members can bid for.",
        PROVIDER_ROLES,
        ("tendering/invited", "tendering/awarded_directly"),
        "The law asks the buyer to invite every member.",
    ),
    Topic(
        "decisions",
        "Decisions about your organisation",
        "Awards, cancellations, standstills, admissions, refusals, and bids that were not counted.",
        PROVIDER_ROLES,
        (
            "ending/cancelled",
            "ending/not_awarded",
            "ending/winner_withdrew",
            "ending/place_left_empty",
            "ending/withdrawal_refused",
            "ending/evaluation_reopened",
            "awarding/summary_issued",
            "awarding/validity_asked",
            "awarding/standstill_started",
            "contracts/contract_concluded",
            "bidding/bid_set_aside",
            "judging/asked",
            "judging/decided",
            "bidding/bid_refused_late",
            "bidding/late_bid_kept",
            "tendering/help_answered",
            "bidding/late_bid_decided",
            "frameworks/application_late",
            "frameworks/clarification_asked",
            "frameworks/extended",
            "frameworks/refused",
            "frameworks/admitted",
            "frameworks/suspended",
            "frameworks/suspension_lifted",
            "frameworks/removal_proposed",
            "frameworks/removal_dropped",
            "frameworks/removed",
            "frameworks/renewal_asked",
            "frameworks/ceased",
            "organisations/code_posted",
            "organisations/domain_named",
            "organisations/verified",
            "organisations/verification_refused",
            "organisations/verification_withdrawn",
            "organisations/change_decided",
            "organisations/holder_asked",
            "organisations/claim_dismissed",
            "organisations/number_moved",
            "organisations/suspended",
            "organisations/lifted",
            "corresponding/buyer_wrote",
        ),
        "They start or end a time in which you can act.",
    ),
    Topic(
        "access",
        "Your account and who may do what",
        "Your address, your password, lost phones or keys, new browsers, your invitation, and roles of two people.",
        ADULTS,
        (
            "accounts/confirm_address",
            "accounts/registered_already",
            "accounts/reset_password",
            "accounts/password_changed",
            "accounts/new_device",
            "accounts/take_address",
            "accounts/stop_change",
            "accounts/address_in_use",
            "accounts/address_changed",
            "accounts/address_change_stopped",
            "accounts/invited",
            "accounts/role_proposed",
            "accounts/role_confirmed",
            "accounts/role_refused",
            "accounts/roles_changed",
            "accounts/membership_ended",
            "accounts/successor_proposed",
            "accounts/successor_announced",
            "accounts/deputy_proposed",
            "accounts/deputy_agreed",
            "accounts/deputy_refused",
            "accounts/deputy_ended",
            "accounts/mail_given_up",
            "privacy/erasure_asked",
            "privacy/erasure_refused",
            "accounts/lost_factor_asked",
            "accounts/lost_factor_own",
            "accounts/lost_factor_checked",
            "accounts/lost_factor_refused",
            "accounts/lost_factor_removed",
        ),
        "They guard your account.",
    ),
    Topic(
        "opportunities",
        "New opportunities",
        "Work of the kinds that your organisation chose.",
        PROVIDER_ROLES,
        ("tendering/itt_published", "tendering/market_call_off"),
    ),
    Topic(
        "changes",
        "Changes of invitations to tender",
        "New times and corrections of what you bid for, are invited to, or follow.",
        PROVIDER_ROLES,
        ("tendering/addendum_published",),
        "A bid is judged by what holds when bidding closes.",
    ),
    Topic(
        "answers",
        "Answers about invitations to tender",
        "Answers to questions about what you bid for, are invited to, or follow.",
        PROVIDER_ROLES,
        ("tendering/answers_published", "tendering/answered_alone", "tendering/follow_asked"),
    ),
    Topic(
        "receipts",
        "What has arrived",
        "Your bid or application was received, withdrawn or opened.",
        PROVIDER_ROLES,
        (
            "bidding/bid_submitted",
            "bidding/bid_withdrawn",
            "bidding/bids_opened",
            "awarding/validity_receipt",
            "frameworks/application_received",
            "frameworks/question_taken_back",
            "frameworks/pause_ended",
        ),
    ),
    Topic(
        "bid_reminders",
        "Reminders about bids",
        "A bid is begun and not sent, is ready, has changes that are not sent, is not confirmed after a change, or has "
        "not been let stand for longer; an invitation has no answer, or was looked at and no bid begun.",
        PROVIDER_ROLES,
        (
            "bidding/bid_ready",
            "reminders/unsent_bid",
            "reminders/changed_bid",
            "reminders/unconfirmed_bid",
            "reminders/unanswered_invitation",
            "reminders/read_invitation",
            "reminders/followed_invitation",
            "reminders/unanswered_validity",
        ),
    ),
    Topic(
        "application_reminders",
        "Reminders about applications and documents",
        "An application is ready or not sent, or a document will soon run out.",
        PROVIDER_ROLES,
        (
            "frameworks/application_ready",
            "reminders/unsent_application",
            "reminders/changed_application",
            "reminders/closing_application",
            "frameworks/evidence_lapsing",
        ),
    ),
    Topic(
        "work",
        "Work that waits for you",
        "Bids to open, awards and applications to decide, notices to publish.",
        AUTHORITY_ROLES,
        (
            "tendering/itt_closed_openers",
            "bidding/prices_to_open",
            "bidding/late_bid_came",
            "bidding/late_bid_proposed",
            "bidding/late_bid_sent_back",
            "tendering/itt_handed_over",
            "tendering/clarification_asked",
            "tendering/help_asked",
            "tendering/interest_asked",
            "tendering/joint_buyer_asked",
            "tendering/mitigation_proposed",
            "evaluation/link_declared",
            "tendering/publication_proposed",
            "tendering/publication_sent_back",
            "tendering/publication_approved",
            "tendering/addendum_proposed",
            "tendering/addendum_refused",
            "corresponding/bidder_wrote",
            "tendering/direct_award_approved",
            "evaluation/result_calculated",
            "evaluation/result_blocked",
            "judging/proposed",
            "judging/refused",
            "awarding/validity_answered",
            "judging/answered",
            "awarding/award_proposed",
            "awarding/award_refused",
            "evaluation/lot_waits",
            "evaluation/removal_waits",
            "evaluation/panel_to_tell",
            "ending/proposed",
            "ending/refused",
            "ending/ended",
            "ending/aside_proposed",
            "ending/aside_refused",
            "ending/award_falls",
            "awarding/standstill_ended",
            "notices/notice_prepared",
            "frameworks/application_waiting",
            "frameworks/refusal_waiting",
            "frameworks/refusal_sent_back",
            "frameworks/removal_waiting",
            "frameworks/declarations_renewed",
            "frameworks/left",
            "organisations/change_asked",
            "organisations/number_claimed",
            "organisations/claim_waits",
            "organisations/suspension_proposed",
            "organisations/suspension_refused",
            "organisations/lifting_proposed",
        ),
    ),
    Topic(
        "safeguarding",
        "Safety of young people",
        "That you are named for a panel, and what a young person wrote that may be about harm.",
        frozenset({Role.SAFEGUARDING_LEAD, Role.FACILITATOR}),
        (
            "evaluation/safeguarding_lead",
            "evaluation/safeguarding_deputy",
            "evaluation/words_held",
            "evaluation/words_unread",
            "evaluation/call_the_line",
        ),
        "Somebody may be in danger.",
    ),
    Topic(
        "panel",
        "Your panel",
        "Bids are ready to score, scores are missing, moderation begins, an agreed score waits, somebody stepped back.",
        ON_PANELS | AUTHORITY_ROLES,
        (
            "evaluation/bids_ready",
            "evaluation/member_recused",
            "evaluation/link_decided",
            "evaluation/moderation_started",
            "evaluation/score_waits",
            "evaluation/panel_reminded",
            "evaluation/young_reminded",
            "ending/panel_over",
            "ending/panel_reopened",
        ),
    ),
    Topic(
        "work_reminders",
        "Reminders about work",
        "Something has waited for you for some days, or is promised for a day soon.",
        ON_PANELS | OFFICERS,
        (
            "reminders/opening",
            "reminders/moderation",
            "reminders/award_to_decide",
            "reminders/judgement_to_decide",
            "reminders/ending_to_decide",
            "reminders/setting_aside_to_decide",
            "reminders/refusal_to_decide",
            "reminders/application_to_decide",
            "reminders/contract_to_conclude",
            "reminders/role_to_confirm",
            "reminders/deputy_to_confirm",
            "reminders/unused_cards",
        ),
    ),
    Topic(
        "invitation_reminders",
        "Reminders about colleagues",
        "Somebody whom you invited has not joined yet.",
        ADULTS,
        ("reminders/unused_invitation",),
    ),
)


@cache
def _by_letter() -> dict[str, Topic]:
    return {letter: topic for topic in TOPICS for letter in topic.letters}


def topic_of(template: str) -> Topic:
    """The topic that a letter belongs to, by its template."""
    return _by_letter()[template]


def topics_for(roles: frozenset[Role]) -> list[Topic]:
    """The topics of which somebody with these roles gets letters."""
    return [topic for topic in TOPICS if topic.roles & roles]
