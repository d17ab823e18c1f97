"""Where each verb is done: the one table of addresses by object and verb."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.permissions import (
    AUTHORITY_ROLES,
    PANEL_ROLES,
    PROVIDER_ROLES,
    Role,
    Verb,
)
from portal.evaluation.leaves import leaves_in
from portal.evaluation.models import ModeratedScore, PanelMember
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.tendering.models import Panel
from portal.tendering.tree import scored

GET, POST = "GET", "POST"
YOUNG = frozenset({Role.YOUNG_MEMBER})
ADULTS = PANEL_ROLES - YOUNG
EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Address:
    """A method at an endpoint; `by` are the roles that do it there, `own` says that the address names nothing else."""

    method: str
    endpoint: str
    by: frozenset[Role] = EVERYBODY
    own: bool = False


def page(*endpoints: str, by: frozenset[Role] = EVERYBODY, own: bool = False) -> tuple[Address, ...]:
    """What is only looked at."""
    return tuple(Address(GET, endpoint, by, own) for endpoint in endpoints)


def press(*endpoints: str, by: frozenset[Role] = EVERYBODY, own: bool = False) -> tuple[Address, ...]:
    """A button without a page of its own."""
    return tuple(Address(POST, endpoint, by, own) for endpoint in endpoints)


def form(*endpoints: str, by: frozenset[Role] = EVERYBODY, own: bool = False) -> tuple[Address, ...]:
    """A form: its page, and what is sent from it."""
    return page(*endpoints, by=by, own=own) + press(*endpoints, by=by, own=own)


# Whatever is edited of a draft passes through one loader in each blueprint: some of the pages stand for all.
DRAFTING = ("itts.service", "itts.question_add", "itts.price", "itts.shares")
SETTING_UP = ("framework_desk.about", "framework_desk.lot_add", "framework_desk.terms", "framework_desk.abandon")

ADDRESSES: Mapping[tuple[str, Verb], tuple[Address, ...]] = {
    ("absence", Verb.DECIDE): press("absences.decide"),
    ("absence", Verb.READ): page("absences.decide", "absences.end"),
    ("addendum", Verb.DECIDE): press("addenda.show"),
    ("addendum", Verb.READ): page("addenda.show"),
    ("addendum", Verb.WITHDRAW): press("addenda.withdraw"),
    ("admission", Verb.ASK_RENEWAL): press("members.renewal"),
    ("admission", Verb.DECIDE_REMOVAL): form("members.decision"),
    ("admission", Verb.LEAVE): form("memberships.leave"),
    ("admission", Verb.NOTE_REASONS_SENT): form("members.sent"),
    ("admission", Verb.PAUSE): (*form("memberships.pause"), *press("memberships.resume")),
    ("admission", Verb.PROPOSE_REMOVAL): form("members.removal"),
    ("admission", Verb.READ): (
        *page("members.show", by=AUTHORITY_ROLES),
        *page("memberships.show", by=PROVIDER_ROLES),
    ),
    ("admission", Verb.RENEW): form("memberships.renew"),
    ("admission", Verb.SUSPEND): (*form("members.suspend"), *press("members.lift")),
    ("application", Verb.ADMIT): press("admissions.admit"),
    ("application", Verb.ASK): form("admissions.ask"),
    ("application", Verb.CALL_SUBMITTERS): press("applications.call_submitters"),
    ("application", Verb.DECIDE_REFUSAL): form("admissions.refusal"),
    ("application", Verb.DRAFT): press("applications.section", "applications.confirm"),
    ("application", Verb.EXTEND): form("admissions.extend"),
    ("application", Verb.PROPOSE_REFUSAL): form("admissions.refuse"),
    ("application", Verb.READ): (
        *page("admissions.show", by=AUTHORITY_ROLES),
        *page("applications.show", "applications.section", by=PROVIDER_ROLES),
    ),
    ("application", Verb.START): form("applications.start", own=True),
    ("application", Verb.SUBMIT): press("applications.send"),
    ("application", Verb.TAKE_BACK_QUESTION): press("admissions.take_back"),
    ("application", Verb.WITHDRAW): form("applications.withdraw"),
    ("authority", Verb.CHANGE_ROLES): form("colleagues.change", by=AUTHORITY_ROLES),
    ("authority", Verb.DRAFT_FRAMEWORK): form("framework_desk.new", own=True),
    ("authority", Verb.BUY_TOGETHER): page("joint.index", by=AUTHORITY_ROLES, own=True),
    ("authority", Verb.DRAFT_ITT): form("itts.new", own=True),
    ("authority", Verb.END_ACCESS): form("colleagues.end", by=AUTHORITY_ROLES),
    ("authority", Verb.END_SESSIONS): form("colleagues.sign_out", by=AUTHORITY_ROLES),
    ("authority", Verb.CHANGE_LOCALITIES): form("localities.add", by=AUTHORITY_ROLES, own=True),
    ("authority", Verb.INVITE): form("colleagues.invite", by=AUTHORITY_ROLES, own=True),
    ("authority", Verb.PROPOSE_SUCCESSOR): form("roles.successor", own=True),
    ("authority", Verb.NAME_DEPUTY): form("absences.name", by=AUTHORITY_ROLES, own=True),
    ("award", Verb.DECIDE): press("awards.show"),
    ("bid", Verb.ABANDON): form("bids.abandon"),
    ("bid", Verb.CALL_SUBMITTERS): press("bids.call_submitters"),
    ("bid", Verb.DRAFT): form("bids.answers", "bids.price", "bids.documents"),
    ("bid", Verb.READ): page("bids.show", "bids.check"),
    ("bid", Verb.START): form("bids.start", own=True),
    ("bid", Verb.KEEP_LATE): form("bid_late.show"),
    ("bid", Verb.SUBMIT): press("bids.submit", "bid_confirming.confirm"),
    ("bid", Verb.ANSWER_VALIDITY): press("validity.answer"),
    ("bid", Verb.WITHDRAW): form("bids.withdraw"),
    ("clarification", Verb.ANSWER): form("clarification_desk.answer"),
    ("clarification", Verb.ASK): form("own_clarifications.ask", own=True),
    ("clarification", Verb.TAKE_BACK_QUESTION): press("own_clarifications.take_back"),
    ("correspondence", Verb.READ): (
        *page("bidder_messages.show", by=AUTHORITY_ROLES),
        *page("bid_messages.show", by=PROVIDER_ROLES),
    ),
    ("correspondence", Verb.WRITE): (
        *press("bidder_messages.show", by=AUTHORITY_ROLES),
        *press("bid_messages.show", by=PROVIDER_ROLES),
    ),
    ("decline", Verb.DECLINE): (
        *form("invitations.decline", own=True),
        *press("invitations.take_back", own=True),
    ),
    ("ending", Verb.DECIDE): form("endings.decide"),
    ("ending", Verb.WITHDRAW): press("endings.withdraw"),
    ("setting_aside", Verb.DECIDE): form("setting_aside.decide"),
    ("bid", Verb.WITHDRAW_FROM_AWARD): form("withdrawals.withdraw"),
    ("enquiry", Verb.ANSWER): press("own_judgements.answer"),
    ("erasure", Verb.DECIDE): form("erasures.decide"),
    ("framework", Verb.ADD_DOCUMENT): form("framework_desk.documents"),
    ("framework", Verb.CEASE): form("framework_desk.cease"),
    ("framework", Verb.EDIT): form(*SETTING_UP),
    ("framework", Verb.GO_LIVE): form("framework_desk.publish"),
    ("framework", Verb.IMPORT_MEMBERS): form("imports.index"),
    ("framework", Verb.NAME_PARTICIPANTS): form("framework_desk.participants"),
    ("framework", Verb.OPEN_WINDOW): form("framework_desk.windows"),
    ("framework", Verb.READ): page("framework_desk.show"),
    ("framework", Verb.SEE_APPLICATIONS): page("admissions.queue", "members.index"),
    ("help_request", Verb.ASK): form("help_requests.show", own=True),
    ("help_request", Verb.ANSWER): form("help_desk.answer"),
    ("held_words", Verb.SEE_HELD_WORDS): (
        *page("safeguarding.words", by=frozenset({Role.SAFEGUARDING_LEAD})),
        *press("safeguarding.read", by=frozenset({Role.SAFEGUARDING_LEAD})),
    ),
    ("held_words", Verb.DECIDE_HELD_WORDS): (
        *press("safeguarding.decide", by=frozenset({Role.SAFEGUARDING_LEAD})),
        *press("held_words.decide", by=frozenset({Role.FACILITATOR})),
    ),
    ("authority", Verb.SET_EMERGENCY_LINE): form("safeguarding.line", own=True),
    ("authority", Verb.ASK_FOR_TRAINING): form("training.ask", own=True),
    ("authority", Verb.RECORD_TRAINING): form("training.index", own=True),
    ("identity_decision", Verb.DECIDE): press("identity_changes.decide"),
    ("identity_decision", Verb.READ): page("identity_changes.decide"),
    ("itt", Verb.ASK_FOR_VALIDITY): press("validity.index"),
    ("itt", Verb.APPOINT_PANEL): form("evaluation_desk.appoint"),
    ("itt", Verb.NAME_SAFEGUARDING_LEAD): form("safeguarding_desk.name"),
    ("itt", Verb.APPROVE_DIRECT_AWARD): form("calling_off.approve"),
    ("itt", Verb.APPROVE_PUBLICATION): press("itts.approve"),
    ("itt", Verb.ASSESS_CONFLICTS): form("interests.assess", "interests.name"),
    ("itt", Verb.CONCLUDE_CONTRACT): press("contract_desk.conclude"),
    ("itt", Verb.DECLARE_INTEREST): form("interests.declare"),
    ("itt", Verb.DISCARD_DRAFT): form("itts.discard"),
    ("itt", Verb.DRAW_LOT): press("draws.show"),
    ("itt", Verb.EDIT): form(*DRAFTING),
    ("itt", Verb.EXPLAIN_UNDECIDED): form("openings.undecided"),
    ("itt", Verb.DECIDE_LATE): press("late_box.decide"),
    ("itt", Verb.PROPOSE_LATE): press("late_box.propose"),
    ("itt", Verb.HAND_OVER): form("itts.owner"),
    ("itt", Verb.OPEN_BIDS): press("openings.show"),
    ("itt", Verb.JUDGE): press("compliance.pass_all"),
    ("itt", Verb.PLACE_NOTICE): press("notice_desk.show"),
    ("itt", Verb.PROPOSE_AWARD): press("awards.show"),
    ("itt", Verb.PROPOSE_ADDENDUM): (
        *form("addenda.propose", "changed_questions.add", "changed_criteria.index"),
        *page("changed_questions.index"),
    ),
    ("itt", Verb.PROPOSE_CANCELLATION): press("endings.show"),
    ("itt", Verb.PROPOSE_NO_AWARD): press("endings.show"),
    ("itt", Verb.PROPOSE_PUBLICATION): form("itts.ask"),
    ("itt", Verb.PROPOSE_SETTING_ASIDE): (*press("setting_aside.show"), *form("setting_aside.correct")),
    ("itt", Verb.PUBLISH_ANSWERS): press("clarification_desk.publish"),
    ("itt", Verb.PUBLISH): form("itts.publish"),
    ("itt", Verb.READ): page("commissioning_desk.itt"),
    ("itt", Verb.READ_COMPLIANCE): page("compliance.index"),
    ("itt", Verb.SEE_AWARD): page("awards.show"),
    ("itt", Verb.SEE_CONTRACT_DESK): page("contract_desk.conclude"),
    ("itt", Verb.SEE_INTERESTS): page("interests.index", "link_hints.show"),
    ("itt", Verb.SEE_NOTICES): page("notice_desk.show"),
    ("itt", Verb.SEE_OPENING): page("openings.show"),
    ("itt", Verb.SEE_PANELS): page("evaluation_desk.panels"),
    ("itt", Verb.SEE_RESULT): page("evaluation_desk.result", "draws.show"),
    ("itt", Verb.READ_ANSWERS): page("hiding.show"),
    ("itt", Verb.COMPARE_ANSWERS): page("comparing.show"),
    ("itt", Verb.HIDE_WORDS): press("hiding.show"),
    ("itt", Verb.SEE_FIRMNESS): page("firmness.show"),
    ("itt", Verb.LOOK_AGAIN): press("firmness.show"),
    ("itt", Verb.TAKE_PUBLIC_REPORT): page("reports.public_pdf"),
    ("itt", Verb.TELL_PANEL): press("influence.reply"),
    ("itt", Verb.TAKE_REPORT): page("reports.show", "reports.pdf", "reports.xlsx"),
    ("judgement", Verb.DECIDE): press("compliance.decide"),
    ("lost_factor", Verb.DECIDE): form("lost_factors.decide"),
    ("mitigation", Verb.DECIDE): press("interests.mitigation"),
    ("mitigation", Verb.READ): page("interests.mitigation"),
    ("number_claim", Verb.ANSWER): form("claims.answer"),
    ("number_claim", Verb.ASK): press("claims.ask"),
    ("number_claim", Verb.DECIDE): press("claims.show"),
    ("number_claim", Verb.DISMISS): press("claims.show"),
    ("number_claim", Verb.PROPOSE_MOVE): press("claims.show"),
    ("number_claim", Verb.READ): page("claims.show"),
    ("panel", Verb.AGREE): (*press("moderation.cell"), *form("moderation.attendance")),
    ("panel", Verb.ASK_ERASURE): form("erasures.ask_for_young"),
    ("panel", Verb.CONSENT): (
        *press("moderation.answer", by=ADULTS),
        *page("sitting.agreed", by=YOUNG, own=True),
        *press("sitting.confirm", "sitting.finish", by=YOUNG, own=True),
    ),
    ("panel", Verb.CLOSE_MODERATION): form("moderation.close"),
    ("panel", Verb.DECLARE): (
        *form("panel_desk.declare", "panel_desk.leave", by=ADULTS),
        *form("sitting.know", by=YOUNG, own=True),
    ),
    ("panel", Verb.ISSUE_CARD): (*press("panel_desk.issue"), *form("taking_part.several")),
    ("panel", Verb.ADD_YOUNG_PEOPLE): form("taking_part.add", "taking_part.pairs"),
    ("panel", Verb.PREPARE_SITTINGS): (*form("taking_part.change"), *form("taking_part.chair")),
    ("panel", Verb.KEY_SHEET): (
        *page("paper_sheets.index", by=frozenset({Role.FACILITATOR})),
        *page("paper_sheets.officers_index", by=AUTHORITY_ROLES),
    ),
    ("panel", Verb.FORGET_PIN): (*page("sitting_cards.index"), *press("sitting_cards.forget")),
    ("panel", Verb.READ): (
        *page("panel_desk.show", by=ADULTS),
        *page("sitting.index", "sitting.link", by=YOUNG, own=True),
    ),
    ("panel", Verb.READ_BIDS): (
        *page("panel_desk.score", by=ADULTS),
        *page("sitting.question", by=YOUNG, own=True),
    ),
    ("panel", Verb.SCORE): (
        *press("panel_desk.save", by=ADULTS),
        *form("panel_desk.submit", by=ADULTS),
        *press("sitting.answer", "sitting.check", "sitting.together", by=YOUNG, own=True),
    ),
    ("panel", Verb.SEE_HELD_WORDS): (
        *page("safeguarding.panel", by=frozenset({Role.SAFEGUARDING_LEAD})),
        *page("held_words.index", by=frozenset({Role.FACILITATOR})),
    ),
    ("panel", Verb.READ_INFLUENCE): (
        *page("influence.adults", by=ADULTS),
        *page("influence.young", by=YOUNG, own=True),
        *page("influence.reply", by=AUTHORITY_ROLES),
    ),
    ("panel", Verb.SEE_PROGRESS): (
        *page("panel_desk.cards", by=frozenset({Role.FACILITATOR})),
        *page("panel_desk.show", by=frozenset({Role.CHAIR})),
        *page("evaluation_desk.panels", by=AUTHORITY_ROLES),
    ),
    ("panel", Verb.SEE_SCORES): (
        *page("moderation.board", "moderation.cell", by=ADULTS),
        *page("evaluation_desk.record", "evaluation_desk.record_cell", by=AUTHORITY_ROLES),
    ),
    ("panel", Verb.START_MODERATION): form("moderation.start"),
    ("provider", Verb.ASK_IDENTITY_CHANGE): form("identity_changes.ask", own=True),
    ("provider", Verb.CHANGE): form("identity.edit", own=True),
    ("provider", Verb.CHANGE_ROLES): form("colleagues.change", by=PROVIDER_ROLES),
    ("provider", Verb.CHOOSE_ALERTS): form("provider_organisation.alerts", own=True),
    ("provider", Verb.END_ACCESS): form("colleagues.end", by=PROVIDER_ROLES),
    ("provider", Verb.END_SESSIONS): form("colleagues.sign_out", by=PROVIDER_ROLES),
    ("provider", Verb.INVITE): form("colleagues.invite", by=PROVIDER_ROLES, own=True),
    ("provider", Verb.KEEP_EVIDENCE): form("evidence.add", own=True),
    ("provider", Verb.KEEP_PROFILE): form("evidence.profile", own=True),
    ("provider", Verb.PROPOSE_SUCCESSOR): form("roles.successor", own=True),
    ("provider", Verb.NAME_DEPUTY): form("absences.name", by=PROVIDER_ROLES, own=True),
    ("provider", Verb.PROVE): form("identity.code", "identity.address", own=True),
    ("provider", Verb.READ): page("provider_checks.verify"),
    ("provider", Verb.SUSPEND_ORGANISATION): form("suspensions.propose"),
    ("provider", Verb.VERIFY): (
        *press("provider_checks.verify"),
        *form("provider_checks.post", "provider_checks.domain", "provider_checks.refuse"),
    ),
    ("provider", Verb.WITHDRAW_VERIFICATION): form("provider_checks.withdraw"),
    ("role", Verb.DECIDE): form("roles.decide"),
    ("setting", Verb.CHANGE): (*form("settings.change", "settings.close"), *press("settings.vacancies")),
    ("summary", Verb.READ): page("summaries.show"),
    ("suspension", Verb.DECIDE): press("suspensions.show"),
    ("suspension", Verb.LIFT): press("suspensions.show"),
    ("suspension", Verb.PROPOSE_LIFTING): form("suspensions.lift"),
    ("suspension", Verb.READ): page("suspensions.show"),
    ("undertaking", Verb.SIGN): form("documents.undertaking", own=True),
}

NOWHERE: Mapping[tuple[str, Verb], str] = {
    ("itt", Verb.OPEN_PRICES): "only where prices are opened apart: tests/portal/bidding/test_opening_prices.py",
    ("itt", Verb.SEE_PRICES): "a part of the page of the result, which leaves prices out before",
}
"""Verbs without an address of their own, each with the reason."""


def names_of(thing: Any, endpoint: str) -> dict[str, Any]:
    """What the addresses of a thing are made of; an address takes what it has a place for."""
    return _NAMES[thing.policy_object](thing) | _BY_ENDPOINT.get(endpoint, lambda _: {})(thing)


def _young_panel_of(itt: Any) -> uuid.UUID:
    """The panel of young people, which alone has a safeguarding lead; any other where there is none."""
    panels = sorted(itt.panels, key=lambda panel: not panel.kind.is_young_people)
    found: uuid.UUID = panels[0].id if panels else itt.id
    return found


def _agreed_in(itt: Any) -> uuid.UUID:
    """An agreed score of one of its panels; its own identifier where there is none."""
    agreed = select(ModeratedScore.id).join(ModeratedScore.panel).where(Panel.itt_id == itt.id)
    return db.session.scalars(agreed.order_by(ModeratedScore.id)).first() or itt.id


def _opened_in(itt: Any) -> uuid.UUID:
    """An opened bid of it; its own identifier where there is none."""
    opened = select(OpenedBid.bid_id).join(OpenedBid.bid).where(Bid.itt_id == itt.id, STANDS)
    return db.session.scalars(opened.order_by(OpenedBid.bid_id)).first() or itt.id


def _panel(work: Any) -> dict[str, Any]:
    members = select(PanelMember).where(PanelMember.panel_id == work.panel_id).order_by(PanelMember.id)
    young = [member.id for member in db.session.scalars(members) if member.role is MemberRole.YOUNG_MEMBER]
    bid = db.session.scalars(select(Bid.id).where(Bid.itt_id == work.itt_id).order_by(Bid.id)).first()
    agreed = select(ModeratedScore.id).where(ModeratedScore.panel_id == work.panel_id).order_by(ModeratedScore.id)
    return {
        "panel_id": work.panel_id,
        "agreed_id": db.session.scalars(agreed).first() or work.panel_id,
        "reference": work.itt.reference,
        "member_id": young[0] if young else work.panel_id,
        "bid_id": bid or work.panel_id,
        "criterion": leaves_in(work.panel, work.itt.lots)[work.itt.lots[0].id][0].key,
        "number": 1,
    }


def _colleague(place: Any) -> dict[str, Any]:
    """Somebody who works there: whoever came last, or nobody."""
    held = select(HeldRole.user_id).where(
        (HeldRole.authority_id == place.id) | (HeldRole.provider_id == place.id), HeldRole.ended_at.is_(None)
    )
    return {"user_id": db.session.scalars(held.order_by(HeldRole.created_at.desc(), HeldRole.id)).first() or place.id}


def _bid_of(thing: Any) -> Bid:
    return db.session.scalars(select(Bid).where(Bid.itt_id == thing.itt_id, Bid.provider_id == thing.provider_id)).one()


_NAMES: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "absence": lambda it: {"absence_id": it.id},
    "addendum": lambda it: {"reference": it.itt.reference, "addendum_id": it.id},
    "admission": lambda it: {"reference": it.framework.reference, "admission_id": it.id},
    "application": lambda it: {
        "reference": it.framework.reference,
        "application_reference": it.reference,
        "section": it.framework.questionnaire["sections"][0]["key"],
    },
    "authority": _colleague,
    "award": lambda it: {"reference": it.itt.reference},
    "bid": lambda it: {"reference": it.reference, "section": None},
    "clarification": lambda it: {"reference": it.itt.reference, "question": it.reference},
    "correspondence": lambda it: {"reference": it.itt.reference, "thread": it.reference},
    "decline": lambda it: {"reference": it.itt.reference},
    "ending": lambda it: {"reference": it.itt.reference, "ending_id": it.id},
    "enquiry": lambda it: {"reference": it.bid.reference, "enquiry_id": it.id},
    "erasure": lambda it: {"request_id": it.id},
    "framework": lambda it: {"reference": it.reference},
    "held_words": lambda it: {"held_id": it.id, "panel_id": it.panel_id},
    "help_request": lambda it: {"reference": it.itt.reference, "request_reference": it.reference},
    "identity_decision": lambda it: {"decision_id": it.id},
    "itt": lambda it: {"reference": it.reference, "panel_id": _young_panel_of(it)},
    "judgement": lambda it: {"reference": it.itt.reference, "judgement_id": it.id},
    "lost_factor": lambda it: {"lost_id": it.id},
    "mitigation": lambda it: {"reference": it.itt.reference, "mitigation_id": it.id},
    "number_claim": lambda it: {"claim_id": it.id},
    "panel": _panel,
    "provider": lambda it: {"provider_id": it.id} | _colleague(it),
    "role": lambda it: {"role_id": it.id},
    "setting": lambda it: {"setting_id": it.id},
    "setting_aside": lambda it: {"reference": it.itt.reference, "proposal_id": it.id},
    "summary": lambda it: {"reference": it.reference},
    "suspension": lambda it: {"suspension_id": it.id},
    "undertaking": lambda it: {"reference": it.itt.reference},
}
_BY_ENDPOINT: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "comparing.show": lambda it: {"criterion": next((one.key for one in scored(it)), "none")},
    "hiding.show": lambda it: {"bid_id": _opened_in(it)},
    "setting_aside.correct": lambda it: {"agreed_id": _agreed_in(it)},
    "applications.start": lambda it: {"reference": it.framework.reference},
    "bid_messages.show": lambda it: {"reference": _bid_of(it).reference},
    "bids.start": lambda it: {"reference": it.itt.reference},
} | {
    address.endpoint: lambda it: {"reference": it.reference}
    for addresses in ADDRESSES.values()
    for address in addresses
    if address.endpoint.startswith("applications.") and address.endpoint != "applications.start"
}
