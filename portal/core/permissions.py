"""Who may do what: policy rows (role x object x state x verb) that each stage declares; default deny.

An `Actor` is who acts, with the roles in force. An object says which roles the actor holds *towards it*
(`policy_roles`): none at all means that it does not exist for that person (404); a role without the verb is 403;
the verb in another state is 409. The same rows drive the tests and `portal policy`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from portal.core.errors import NotAllowed, NotFound, NotYet, WrongState


class Role(StrEnum):
    """The roles of the product (people who have not signed in are visitors and hold none)."""

    CONTRIBUTOR = "contributor"
    SUBMITTER = "submitter"
    PROVIDER_ADMINISTRATOR = "provider_administrator"
    COMMISSIONER = "commissioner"
    APPROVER = "approver"
    OPENER = "opener"
    CONTRACT_MANAGER = "contract_manager"
    AUDITOR = "auditor"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    AUTHORITY_ADMINISTRATOR = "authority_administrator"
    PLATFORM_ADMINISTRATOR = "platform_administrator"
    CHAIR = "chair"
    PANEL_MEMBER = "panel_member"
    YOUNG_MEMBER = "young_member"
    FACILITATOR = "facilitator"


class Verb(StrEnum):
    """What the policy can be asked about, in the order of a procurement; each stage's rows say who may."""

    # Organisations and accounts
    CHANGE = "change"
    VERIFY = "verify"
    PROVE = "prove"
    ASK_IDENTITY_CHANGE = "ask_identity_change"
    WITHDRAW_VERIFICATION = "withdraw_verification"
    ANSWER = "answer"
    DISMISS = "dismiss"
    PROPOSE_MOVE = "propose_move"
    SUSPEND_ORGANISATION = "suspend_organisation"
    PROPOSE_LIFTING = "propose_lifting"
    LIFT = "lift"
    CHOOSE_ALERTS = "choose_alerts"
    KEEP_PROFILE = "keep_profile"
    KEEP_EVIDENCE = "keep_evidence"
    INVITE = "invite"
    CHANGE_ROLES = "change_roles"
    NAME_DEPUTY = "name_deputy"
    CHANGE_LOCALITIES = "change_localities"
    PROPOSE_SUCCESSOR = "propose_successor"
    END_ACCESS = "end_access"
    END_SESSIONS = "end_sessions"
    # What several kinds of thing know
    READ = "read"
    START = "start"
    DRAFT = "draft"
    SUBMIT = "submit"
    CALL_SUBMITTERS = "call_submitters"
    KEEP_LATE = "keep_late"
    WITHDRAW = "withdraw"
    ABANDON = "abandon"
    EDIT = "edit"
    DECLINE = "decline"
    # Frameworks
    DRAFT_FRAMEWORK = "draft_framework"
    GO_LIVE = "go_live"
    CEASE = "cease"
    ADD_DOCUMENT = "add_document"
    NAME_PARTICIPANTS = "name_participants"
    OPEN_WINDOW = "open_window"
    IMPORT_MEMBERS = "import_members"
    SEE_APPLICATIONS = "see_applications"
    # Applications
    ASK = "ask"
    TAKE_BACK_QUESTION = "take_back_question"
    EXTEND = "extend"
    ADMIT = "admit"
    PROPOSE_REFUSAL = "propose_refusal"
    DECIDE_REFUSAL = "decide_refusal"
    # Memberships of a framework
    PAUSE = "pause"
    RENEW = "renew"
    LEAVE = "leave"
    ASK_RENEWAL = "ask_renewal"
    SUSPEND = "suspend"
    PROPOSE_REMOVAL = "propose_removal"
    NOTE_REASONS_SENT = "note_reasons_sent"
    DECIDE_REMOVAL = "decide_removal"
    # Invitations to tender
    DRAFT_ITT = "draft_itt"
    BUY_TOGETHER = "buy_together"
    PROPOSE_PUBLICATION = "propose_publication"
    APPROVE_PUBLICATION = "approve_publication"
    PUBLISH = "publish"
    DISCARD_DRAFT = "discard_draft"
    HAND_OVER = "hand_over"
    APPROVE_DIRECT_AWARD = "approve_direct_award"
    DECLARE_INTEREST = "declare_interest"
    SEE_INTERESTS = "see_interests"
    ASSESS_CONFLICTS = "assess_conflicts"
    PUBLISH_ANSWERS = "publish_answers"
    PROPOSE_ADDENDUM = "propose_addendum"
    PROPOSE_CANCELLATION = "propose_cancellation"
    PROPOSE_NO_AWARD = "propose_no_award"
    PROPOSE_SETTING_ASIDE = "propose_setting_aside"
    WITHDRAW_FROM_AWARD = "withdraw_from_award"
    SIGN = "sign"
    # Openings
    OPEN_BIDS = "open_bids"
    OPEN_PRICES = "open_prices"
    PROPOSE_LATE = "propose_late"
    DECIDE_LATE = "decide_late"
    EXPLAIN_UNDECIDED = "explain_undecided"
    SEE_OPENING = "see_opening"
    READ_COMPLIANCE = "read_compliance"
    JUDGE = "judge"
    # Bidders and the buyer
    WRITE = "write"
    # Panels
    APPOINT_PANEL = "appoint_panel"
    SEE_PANELS = "see_panels"
    NAME_SAFEGUARDING_LEAD = "name_safeguarding_lead"
    SEE_HELD_WORDS = "see_held_words"
    DECIDE_HELD_WORDS = "decide_held_words"
    SET_EMERGENCY_LINE = "set_emergency_line"
    ASK_FOR_TRAINING = "ask_for_training"
    RECORD_TRAINING = "record_training"
    DECLARE = "declare"
    READ_BIDS = "read_bids"
    SCORE = "score"
    ADD_YOUNG_PEOPLE = "add_young_people"
    PREPARE_SITTINGS = "prepare_sittings"
    ISSUE_CARD = "issue_card"
    FORGET_PIN = "forget_pin"
    SEE_PROGRESS = "see_progress"
    ASK_ERASURE = "ask_erasure"
    START_MODERATION = "start_moderation"
    SEE_SCORES = "see_scores"
    AGREE = "agree"
    CONSENT = "consent"
    KEY_SHEET = "key_sheet"
    CLOSE_MODERATION = "close_moderation"
    READ_ANSWERS = "read_answers"
    HIDE_WORDS = "hide_words"
    SEE_RESULT = "see_result"
    SEE_PRICES = "see_prices"
    SEE_FIRMNESS = "see_firmness"
    COMPARE_ANSWERS = "compare_answers"
    LOOK_AGAIN = "look_again"
    DRAW_LOT = "draw_lot"
    TAKE_REPORT = "take_report"
    TAKE_PUBLIC_REPORT = "take_public_report"
    TELL_PANEL = "tell_panel"
    READ_INFLUENCE = "read_influence"
    # Awards and contracts
    PROPOSE_AWARD = "propose_award"
    SEE_AWARD = "see_award"
    ASK_FOR_VALIDITY = "ask_for_validity"
    ANSWER_VALIDITY = "answer_validity"
    DECIDE = "decide"
    CONCLUDE_CONTRACT = "conclude_contract"
    PLACE_NOTICE = "place_notice"
    SEE_NOTICES = "see_notices"
    SEE_CONTRACT_DESK = "see_contract_desk"


PROVIDER_ROLES = frozenset({Role.CONTRIBUTOR, Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR})
SUBMITTING_ROLES = frozenset({Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR})
"""Both sign in with a second factor; whoever registers an organisation is its administrator and may send alone."""
AUTHORITY_ROLES = frozenset(
    {
        Role.COMMISSIONER,
        Role.APPROVER,
        Role.OPENER,
        Role.CONTRACT_MANAGER,
        Role.AUDITOR,
        Role.SAFEGUARDING_LEAD,
        Role.AUTHORITY_ADMINISTRATOR,
    }
)
PANEL_ROLES = frozenset({Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER, Role.FACILITATOR})
SECOND_FACTOR_ROLES = AUTHORITY_ROLES | {
    Role.SUBMITTER,
    Role.PROVIDER_ADMINISTRATOR,
    Role.PLATFORM_ADMINISTRATOR,
    Role.CHAIR,
    Role.FACILITATOR,
}
"""Roles that sign in with a second factor."""
FRESH_FACTOR = timedelta(minutes=5)
"""How long a second factor that was shown counts for the acts that ask for one."""


class StoodIn(NamedTuple):
    """A time in which somebody stood in for another, to `until`, exclusively."""

    deputy_id: uuid.UUID
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person with the roles in force, or the portal itself (`SYSTEM`)."""

    user_id: uuid.UUID | None
    provider_id: uuid.UUID | None = None
    provider_roles: frozenset[Role] = frozenset()
    authority_id: uuid.UUID | None = None
    authority_roles: frozenset[Role] = frozenset()
    panels: Mapping[uuid.UUID, frozenset[Role]] = field(default_factory=dict)
    platform_roles: frozenset[Role] = frozenset()
    stands_in_for: frozenset[uuid.UUID] = frozenset()
    """The absent people whose roles are among these."""
    deputies: tuple[StoodIn, ...] = ()
    """Who stands in, or ever did, for the actor or for anybody whom the actor stands in for."""

    @property
    def people(self) -> frozenset[uuid.UUID | None]:
        """Everybody as whom the actor acts."""
        return frozenset({self.user_id}) | self.stands_in_for

    def counts_as(self, person_id: uuid.UUID | None, at: datetime | None) -> bool:
        """Whether the actor acts as the person, or as somebody for whom that person stood in at an instant."""
        if person_id in self.people:
            return True
        stood_in = (one for one in self.deputies if one.deputy_id == person_id)
        return at is not None and any(one.since <= at < one.until for one in stood_in)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        held = self.provider_roles | self.authority_roles | self.platform_roles
        return held.union(*self.panels.values()) if self.panels else held

    def towards_provider(self, provider_id: uuid.UUID | None) -> frozenset[Role]:
        """The roles held in that provider."""
        return self.provider_roles if provider_id is not None and provider_id == self.provider_id else frozenset()

    def towards_authority(self, authority_id: uuid.UUID | None) -> frozenset[Role]:
        """The roles held in that contracting authority."""
        if authority_id is not None and authority_id == self.authority_id:
            return self.authority_roles
        return frozenset()

    def towards_panel(self, panel_id: uuid.UUID) -> frozenset[Role]:
        """The roles held on that panel."""
        return self.panels.get(panel_id, frozenset())


SYSTEM = Actor(user_id=None)
"""The portal acting by itself (a deadline came, a task ran)."""


class Governed(Protocol):
    """What the policy can judge."""

    @property
    def policy_object(self) -> str:
        """The object's name in the policy rows."""

    @property
    def policy_state(self) -> str:
        """Its state in the policy rows."""

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The roles that the actor holds towards this object."""


@dataclass(frozen=True)
class Permit:
    """One row: these roles may do `verb` to `object` in these states (None: in every state).

    `half` says that its roles are given by two people: the verb is one half of an act of two people, or lets one
    person alone read what a child confided.
    """

    object: str
    verb: Verb
    roles: frozenset[Role]
    states: frozenset[str] | None = None
    half: bool = False


def permit(
    object: str, verb: Verb, roles: Iterable[Role], states: Iterable[str] | None = None, *, half: bool = False
) -> Permit:
    """Write one policy row; raises `ValueError` for a verb that is none."""
    named = None if states is None else frozenset(str(state) for state in states)
    return Permit(object, Verb(verb), frozenset(roles), named, half)


class Policy:
    """The merged rows of all stages."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Verb], list[Permit]] = {}
        self._ways: dict[str, Mapping[str, str]] = {}

    def declare(self, rows: Iterable[Permit]) -> None:
        """Add a stage's rows; declaring the same rows twice changes nothing."""
        for row in rows:
            known = self._rows.setdefault((row.object, row.verb), [])
            if row not in known:
                known.append(row)

    def goes_through(self, object: str, way: Mapping[str, str]) -> None:
        """Say which states an object comes to one after the other, each with when that is ("once ...")."""
        self._ways[object] = way

    def rows(self) -> list[Permit]:
        """Every row, ordered by object and verb."""
        return [row for key in sorted(self._rows) for row in self._rows[key]]

    def halves(self) -> frozenset[Role]:
        """The roles that are given by two people."""
        return frozenset().union(*(row.roles for row in self.rows() if row.half))

    def allows(self, actor: Actor, verb: Verb, thing: Governed) -> bool:
        """Whether `require` would pass."""
        try:
            self.require(actor, verb, thing)
        except (NotAllowed, NotFound, WrongState):
            return False
        return True

    def require(self, actor: Actor, verb: Verb, thing: Governed) -> None:
        """Raise `NotFound`, `NotAllowed` or `WrongState` unless a row permits the act.

        Raises `LookupError` when no row speaks of the verb for such an object: a mistake in the code, never an answer.
        """
        rows = self._rows.get((thing.policy_object, verb))
        if rows is None:
            raise LookupError(f"no policy row says who may {verb} what is called {thing.policy_object}")
        held = thing.policy_roles(actor)
        if not held:
            raise NotFound("There is nothing here for you.")
        by_role = [row for row in rows if row.roles & held]
        if not by_role:
            raise NotAllowed("Your role does not allow this.")
        state = thing.policy_state
        if not any(row.states is None or state in row.states for row in by_role):
            raise self._at_another_time(thing.policy_object, state, by_role)

    def _at_another_time(self, object: str, state: str, rows: Iterable[Permit]) -> WrongState:
        """That it can be done later, and when that will be; else that it cannot be done any more, or now."""
        way = list(self._ways.get(object, {}))
        permitted = [other for other in way if any(row.states is not None and other in row.states for row in rows)]
        if state in way and permitted and way.index(state) < way.index(permitted[0]):
            return NotYet(f"This can be done {self._ways[object][permitted[0]]}.")
        return WrongState(f"This cannot be done while it is {state.replace('_', ' ').lower()}.")


policy = Policy()
