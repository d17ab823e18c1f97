"""Where a person is named in the database, and what becomes of it when they are erased.

Whatever a table holds of somebody is here: a test compares the list with the tables. What stays is the procurement's
record, which the law wants kept (Procurement Act 2023 s.98, PCR 2015 reg 84; UK GDPR art 17(3)(b)), by an identifier
that leads to nobody once the person's key is gone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Table, delete, func, literal, select, union_all

from portal.core.columns import Model, db


@dataclass(frozen=True)
class Holding:
    """One column that names people: what it is to them, and whether the row goes with the person."""

    column: str
    words: str
    goes: bool = False


HOLDINGS = (
    Holding("user_session.user_id", "Browsers in which you were signed in", goes=True),
    Holding("known_device.user_id", "Browsers that are known as yours", goes=True),
    Holding("passkey.user_id", "Your passkeys", goes=True),
    Holding("recovery_code.user_id", "Your recovery codes", goes=True),
    Holding("access_card.user_id", "Codes that were handed to you", goes=True),
    Holding("sitting_pin.user_id", "The PIN of your card, unreadable", goes=True),
    Holding("taking_part.user_id", "That you take part, and roughly how old you are", goes=True),
    Holding("supported_sitting.user_id", "Who sat beside you", goes=True),
    Holding("muted_topic.user_id", "Topics of mail that you muted", goes=True),
    Holding("dead_address.user_id", "That mail to you did not arrive", goes=True),
    Holding("mailed_link.user_id", "Links that were mailed to you", goes=True),
    Holding("address_change.user_id", "Changes of your e-mail address", goes=True),
    Holding("itt_follower.user_id", "Invitations to tender that you follow", goes=True),
    Holding("kept_form.user_id", "What you typed and did not send", goes=True),
    Holding("mailed_link.asked_by_id", "Links that were mailed because of you"),
    Holding("message.user_id", "Messages in your inbox"),
    Holding("message_mention.user_id", "Messages that name you"),
    Holding("locality_member.user_id", "Localities that you work for", goes=True),
    Holding("membership.user_id", "Roles that you held"),
    Holding("role_grant.user_id", "Roles that were proposed for you"),
    Holding("absence.user_id", "Times in which somebody stood in for you"),
    Holding("absence.deputy_id", "Times in which you stood in for somebody"),
    Holding("absence.proposed_by_id", "Deputies whom you named"),
    Holding("absence.decided_by_id", "Deputies whom you confirmed or refused"),
    Holding("absence.ended_by_id", "Absences that you ended early"),
    Holding("lost_factor.user_id", "Requests to replace your lost phone or key"),
    Holding("erasure_request.user_id", "Requests to erase you"),
    Holding("panel_member.user_id", "Panels that you sat on"),
    Holding("training_record.user_id", "Training that your council wrote down for you"),
    Holding("training_record.recorded_by_id", "Training of others that you wrote down"),
    Holding("training_record.taken_back_by_id", "Training of others that you took back"),
    Holding("taking_part.recorded_by_id", "Consents of young people that you recorded"),
    Holding("young_chair.named_by_id", "Young people who chair, whom you wrote down"),
    Holding("access_card.issued_by_id", "Codes that you handed out"),
    Holding("role_grant.proposed_by_id", "Roles that you proposed"),
    Holding("role_grant.decided_by_id", "Roles that you confirmed or refused"),
    Holding("lost_factor.checked_by_id", "Lost phones or keys of others for which you gave your word first"),
    Holding("lost_factor.confirmed_by_id", "Lost phones or keys of others that were removed with your word"),
    Holding("erasure_request.proposed_by_id", "Requests for erasure that you made"),
    Holding("erasure_request.decided_by_id", "Requests for erasure that you decided"),
    Holding("verification.begun_by_id", "Proofs of an organisation’s number that you began"),
    Holding("verification.proved_by_id", "Proofs of an organisation’s number that you gave"),
    Holding("verification.ended_by_id", "Proofs of an organisation’s number that you ended"),
    Holding("suspension.proposed_by_id", "Suspensions of organisations that you proposed"),
    Holding("suspension.decided_by_id", "Suspensions of organisations that you decided"),
    Holding("suspension.lift_proposed_by_id", "Ends of suspensions that you proposed"),
    Holding("suspension.lifted_by_id", "Suspensions of organisations that you ended"),
    Holding("number_claim.proposed_by_id", "Claimed numbers that you proposed to move"),
    Holding("number_claim.decided_by_id", "Claims to a number that you decided"),
    Holding("identity_change.asked_by_id", "Other names or numbers that you asked for"),
    Holding("change_decision.decided_by_id", "Other names or numbers that you decided"),
    Holding("evidence.added_by_id", "Documents that you added for your organisation"),
    Holding("profile_answer.said_by_id", "Answers that you gave for your organisation"),
    Holding("application_version.submitted_by_id", "Applications that you sent"),
    Holding("earlier_text.replaced_by_id", "Passages of drafts that you rewrote"),
    Holding("bid_file.added_by_id", "Files that you attached to bids"),
    Holding("bid.draft_saved_by_id", "Draft bids that you saved last"),
    Holding("bid_version.submitted_by_id", "Bids that you sent"),
    Holding("late_attempt.attempted_by_id", "Bids that you sent too late"),
    Holding("late_bid.submitted_by_id", "Bids that you put into the late box"),
    Holding("late_bid.proposed_by_id", "Late bids about which you proposed a decision"),
    Holding("late_bid.decided_by_id", "Late bids about which you decided"),
    Holding("framework.created_by_id", "Frameworks that you set up"),
    Holding("import_batch.created_by_id", "Imports that you began"),
    Holding("clarification.asked_by_id", "Questions that you asked about invitations to tender"),
    Holding("help_request.asked_by_id", "Requests for help that you made before bidding closed"),
    Holding("help_request.answered_by_id", "Requests for help of bidders that you answered"),
    Holding("clarification.answered_by_id", "Questions of bidders that you answered"),
    Holding("correspondence_entry.sent_by_id", "Messages between bidders and buyers that you wrote"),
    Holding("addendum.proposed_by_id", "Changes of published invitations that you proposed"),
    Holding("addendum.decided_by_id", "Changes of published invitations that you decided"),
    Holding("lot_recusal.user_id", "Lots that you stepped back from"),
    Holding("interest.user_id", "Interests that you declared in a procurement"),
    Holding("mitigation.proposed_by_id", "Answers to interests of colleagues that you proposed"),
    Holding("mitigation.decided_by_id", "Answers to interests of colleagues that you decided"),
    Holding("conflicts_assessment.made_by_id", "Conflicts assessments that you made"),
    Holding("joint_buyer.agreed_by_id", "Joint procurements to which you agreed for your authority"),
    Holding("groundwork.recorded_by_id", "What you recorded before an invitation was published"),
    Holding("publication_approval.proposed_by_id", "Publications that you asked an approver for"),
    Holding("publication_approval.decided_by_id", "Publications that you approved or sent back"),
    Holding("itt.created_by_id", "Invitations to tender that you drafted"),
    Holding("itt.owner_id", "Procurements that you look after"),
    Holding("itt.direct_award_proposed_by_id", "Direct awards that you proposed"),
    Holding("itt.direct_award_approved_by_id", "Direct awards that you approved"),
    Holding("invitation_document_version.added_by_id", "Documents that you added to an invitation"),
    Holding("undertaking.signed_by_id", "Undertakings that you signed to read restricted documents"),
    Holding("admission.removal_proposed_by_id", "Removals of members that you proposed"),
    Holding("admission.removal_decided_by_id", "Removals of members that you decided"),
    Holding("application_decision.proposed_by_id", "Decisions on applications that you made or proposed"),
    Holding("application_decision.decided_by_id", "Decisions on applications that you decided"),
    Holding("application_decision.sent_back_by_id", "Decisions on applications that you sent back"),
    Holding("bid_opening.proposed_by_id", "Openings of bids that you began"),
    Holding("bid_opening.decided_by_id", "Openings of bids that you finished"),
    Holding("held_words.author_id", "Words of yours that were held until an adult had looked"),
    Holding("held_words.read_by_id", "Held words that you read first"),
    Holding("held_words.decided_by_id", "Held words that you released or kept back"),
    Holding("panel_work.safeguarding_lead_id", "Panels whose safeguarding lead you are"),
    Holding("panel_work.safeguarding_deputy_id", "Panels whose safeguarding lead you stand in for"),
    Holding("panel_work.closed_by_id", "Panels that you closed"),
    Holding("paper_answer.keyed_by_id", "Sheets of young people that you keyed in"),
    Holding("panel_sharing.shared_by_id", "Panels whose bids you shared out"),
    Holding("panel_member.removal_proposed_by_id", "Removals from panels that you proposed"),
    Holding("panel_member.removal_decided_by_id", "Removals from panels that you decided"),
    Holding("moderated_score.agreed_by_id", "Agreed scores that you recorded"),
    Holding("panel_reply.published_by_id", "Answers to panels that you published"),
    Holding("movement.written_by_id", "What you wrote down of somebody who came round from their score"),
    Holding("draw_part.person_id", "Lots that you drew"),
    Holding("hidden_words.hidden_by_id", "Names of bidders that you hid from panels"),
    Holding("hidden_words.shown_again_by_id", "Hidden names of bidders that you showed again"),
    Holding("second_look.looked_by_id", "Scores that decide alone, at which you looked a second time"),
    Holding("award_decision.proposed_by_id", "Awards that you proposed"),
    Holding("award_decision.decided_by_id", "Awards that you decided"),
    Holding("validity_request.asked_by_id", "Requests to let bids stand for longer that you made"),
    Holding("validity_answer.answered_by_id", "Answers whether a bid stands for longer that you gave"),
    Holding("setting_aside.proposed_by_id", "Awards that you proposed to set aside, or asked to withdraw from"),
    Holding("setting_aside.decided_by_id", "Awards that you set aside, or let stand"),
    Holding("debarment_list.brought_in_by_id", "Debarment lists that you brought in"),
    Holding("bidder_check.checked_by_id", "Checks of bidders that you made"),
    Holding("enquiry.asked_by_id", "Questions about opened bids that you asked bidders"),
    Holding("enquiry.answered_by_id", "Questions about your opened bid that you answered"),
    Holding("judgement.proposed_by_id", "Judgements of bids that you made or proposed"),
    Holding("judgement.decided_by_id", "Judgements of bids that you decided"),
    Holding("ending.proposed_by_id", "Procurements that you proposed to end"),
    Holding("ending.decided_by_id", "Procurements that you ended, or let go on"),
    Holding("contract.concluded_by_id", "Contracts that you concluded"),
    Holding("retention_hold.held_by_id", "Data that you held back from deletion"),
    Holding("retention_hold.released_by_id", "Holds that you ended"),
    Holding("breach.noted_by_id", "Breaches that you noted"),
    Holding("prepared_notice.placed_by_id", "Notices whose number you recorded"),
)


@dataclass(frozen=True)
class Held:
    """How often a person is named somewhere."""

    words: str
    count: int
    goes: bool


def held_of(person_id: uuid.UUID) -> list[Held]:
    """Where the person is named, and how often (one statement)."""
    counts = [
        select(literal(place).label("place"), func.count().label("times"))
        .select_from(_table(holding))
        .where(_table(holding).c[_name(holding)] == person_id)
        for place, holding in enumerate(HOLDINGS)
    ]
    found = {row.place: row.times for row in db.session.execute(union_all(*counts))}
    return [Held(one.words, found[place], one.goes) for place, one in enumerate(HOLDINGS) if found[place]]


def remove_what_goes(person_id: uuid.UUID) -> None:
    """Delete every row that goes with the person."""
    for holding in HOLDINGS:
        if holding.goes:
            db.session.execute(delete(_table(holding)).where(_table(holding).c[_name(holding)] == person_id))


def _table(holding: Holding) -> Table:
    return Model.metadata.tables[holding.column.partition(".")[0]]


def _name(holding: Holding) -> str:
    return holding.column.partition(".")[2]
