"""Two invitations at work, as rows: one whose panels score, one whose panels moderate; 454 bids, 25 questions each.

Three panels of twelve people score every question of every bid. Where they score, everybody has declared and each
member has saved a third of their bids; where they moderate, everybody has submitted everything, half is agreed, and the
parents' panel has closed.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from people import people_rows
from road_world import ANSWER, CRITERIA, PANELS, SHARES, Builder, Sizes, the_method
from sqlalchemy import create_engine, text, update

from portal.accounts.models import HeldRole, User, UserSession
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.evaluation.models import Declaration, ModeratedScore, PanelMember, PanelWork, Scorecard
from portal.evaluation.moderation_models import Attendance
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.evaluation.taking_part.models import EVERY_DAY, SittingTimes, SupportedSitting, TakingPart
from portal.evaluation.taking_part.states import AgeBand, Supporter
from portal.organisations.models import ContractingAuthority, Provider
from portal.tendering.models import (
    AwardCriterion,
    InvitationToTender,
    Lot,
    Panel,
    PanelShare,
    Question,
    Scale,
    ScaleBand,
)
from portal.tendering.states import Combination, IttStatus, QuestionKind
from tender_scoring import method_hash

FACES = ("Nothing about us", "A little", "Some", "Good", "Very good", "Exactly us")
MIDNIGHT = time()
ROLES = {"local": (MemberRole.CHAIR, Role.CHAIR), "parents": (MemberRole.CHAIR, Role.CHAIR)}


@dataclass(frozen=True)
class Seat:
    """Somebody on a panel, and their browser's cookie."""

    member_id: uuid.UUID
    panel_id: uuid.UUID
    user_id: uuid.UUID
    cookie: str


@dataclass
class Evaluating:
    """One invitation with its panels: addresses are made of these."""

    reference: str
    panel_ids: Mapping[str, uuid.UUID]
    seats: Mapping[str, list[Seat]]
    """By panel key; of adults' panels the first is the chair."""
    bid_ids: list[uuid.UUID]


@dataclass
class EvaluationWorld:
    """What the clients need."""

    officer: str = ""
    """A commissioner's cookie."""
    stages: dict[str, Evaluating] = field(default_factory=dict)
    """"scoring" and "moderating"."""
    result: tuple[str, str] = ("", "")
    """The path of a stored result and its reader's cookie."""


def build_evaluation(url: str, keys: KeyFolder, *, bids: int) -> EvaluationWorld:
    """Write everything in one transaction, and let PostgreSQL count it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        world = _EvaluationBuilder(connection, keys, Sizes(providers=bids, ranked_bids=bids)).build_evaluation()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return world


class _EvaluationBuilder(Builder):
    def build_evaluation(self) -> EvaluationWorld:
        made = EvaluationWorld()
        self.clerk = self._people(1, Role.COMMISSIONER, [None])[0][0]
        self.authorities = [uuid.uuid4() for _ in range(4)]
        self._add(ContractingAuthority, [self._authority(n, one) for n, one in enumerate(self.authorities)])
        self.providers = [uuid.uuid4() for _ in range(self.sizes.providers)]
        self._add(Provider, [self._provider(number, one) for number, one in enumerate(self.providers)])
        made.officer = self._people(1, Role.COMMISSIONER, [{"authority_id": self.authorities[0]}])[0][1]
        self.answers = dict.fromkeys((f"a{n:02}" for n in range(CRITERIA)), ANSWER)
        made.stages = {name: self._stage(name) for name in ("scoring", "moderating")}
        self._ranked_itt()
        made.result = self.world.ranking
        return made

    def _stage(self, name: str) -> Evaluating:
        method = the_method()
        method["panels"] = {key: {"combine": "agreed"} for key in PANELS}
        itt = self._itt(self.authorities[0], f"Mentoring, {name}", method=method, method_hash=method_hash(method))
        self._add(InvitationToTender, [itt])
        lot = {"id": uuid.uuid4(), "itt_id": itt["id"], "number": 1, "title": "The whole"}
        self._add(Lot, [lot])
        leaves, panels = self._asked(itt["id"])
        seats = {key: self._seats(key, panel_id) for key, panel_id in panels.items()}
        bids, _case = self._opened(itt, lot["id"])
        self._published([itt], IttStatus.OPENED)
        moderates = name == "moderating"
        status = PanelWorkStatus.MODERATING if moderates else PanelWorkStatus.SCORING
        lead = self._people(1, Role.SAFEGUARDING_LEAD, [{"authority_id": self.authorities[0]}])[0][0]
        began = self.now if moderates else None
        work = {"itt_id": itt["id"], "status": status, "moderation_started_at": began, "safeguarding_lead_id": lead}
        self._add(PanelWork, [{"panel_id": panel_id} | work for panel_id in panels.values()])
        # Whoever measures at night has young people who sit at night.
        times = {"weekdays": list(EVERY_DAY), "opens_at": MIDNIGHT, "closes_at": MIDNIGHT}
        self._add(SittingTimes, [{"panel_id": panels["young-people"]} | times])
        made = Evaluating(itt["reference"], panels, seats, list(bids.values()))
        self._declared(made)
        if moderates:
            members = [(key, seat.member_id) for key, found in seats.items() for seat in found]
            self._scores(bids, leaves, members)
            self._half_agreed(made, list(leaves.values()))
            closed = {"status": PanelWorkStatus.CLOSED, "closed_at": self.now, "closed_by_id": self.clerk}
            one = PanelWork.panel_id == panels["parents"]
            self.connection.execute(update(PanelWork).where(one).values(**closed))
        else:
            self._started(made, leaves)
        return made

    def _asked(self, itt_id: uuid.UUID) -> tuple[dict[str, uuid.UUID], dict[str, uuid.UUID]]:
        """The questions by criterion key, and the panels by key."""
        scale = {"id": uuid.uuid4(), "itt_id": itt_id, "key": "0-5", "minimum": 0, "maximum": 5}
        self._add(Scale, [scale])
        words = [
            {"score": n, "label": face, "descriptor": f"{face}.", "plain_words": face} for n, face in enumerate(FACES)
        ]
        self._add(ScaleBand, [{"scale_id": scale["id"]} | one for one in words])
        panels: list[dict[str, Any]] = [
            {"id": uuid.uuid4(), "itt_id": itt_id, "position": n, "key": key, "name": f"Panel {key}", "kind": kind}
            | {"combine": Combination.AGREED, "quorum": 2}
            for n, (key, (kind, _)) in enumerate(PANELS.items())
        ]
        self._add(Panel, panels)
        leaves: list[dict[str, Any]] = [
            {"id": uuid.uuid4(), "itt_id": itt_id, "weight": 4, "scale_id": scale["id"], "position": n}
            | {"key": f"q{n:02}", "title": f"Criterion {n}"}
            for n in range(CRITERIA)
        ]
        self._add(AwardCriterion, leaves)
        shares = [
            {"criterion_id": leaf["id"], "panel_id": panel["id"], "share": SHARES[panel["key"]]}
            for leaf in leaves
            for panel in panels
        ]
        self._add(PanelShare, shares)
        asked = [
            {"itt_id": itt_id, "criterion_id": leaf["id"], "position": n, "key": f"a{n:02}", "kind": QuestionKind.TEXT}
            | {"prompt": f"How would you work with families, part {n + 1}?", "settings": {"word_limit": 500}}
            for n, leaf in enumerate(leaves)
        ]
        self._add(Question, asked)
        return {leaf["key"]: leaf["id"] for leaf in leaves}, {panel["key"]: panel["id"] for panel in panels}

    def _seats(self, key: str, panel_id: uuid.UUID) -> list[Seat]:
        young = key == "young-people"
        seats = []
        for number in range(PANELS[key][1]):
            usual = (MemberRole.YOUNG_MEMBER, Role.YOUNG_MEMBER) if young else (MemberRole.MEMBER, Role.PANEL_MEMBER)
            role, held = ROLES.get(key, usual) if number == 0 else usual
            seats.append(self._seat(panel_id, role, held))
        return seats

    def _seat(self, panel_id: uuid.UUID, role: MemberRole, held: Role) -> Seat:
        user_id, session_id, token = uuid.uuid4(), uuid.uuid4(), secrets.token_urlsafe(32)
        with self.holder.app_context():
            self._add(User, people_rows([user_id]))
        self._add(HeldRole, [{"user_id": user_id, "role": held, "panel_id": panel_id}])
        session = {"id": session_id, "user_id": user_id, "token_hash": hashlib.sha256(token.encode()).digest()}
        since = {"created_at": self.now, "last_seen_at": self.now - timedelta(minutes=5), "factor_at": self.now}
        self._add(UserSession, [session | since | {"expires_at": self.now + timedelta(hours=12)}])
        member_id = uuid.uuid4()
        self._add(PanelMember, [{"id": member_id, "panel_id": panel_id, "user_id": user_id, "role": role}])
        if role is MemberRole.YOUNG_MEMBER:
            agreed = {"user_id": user_id, "age_band": AgeBand.FROM_16, "recorded_by_id": self.clerk}
            self._add(TakingPart, [agreed | {"agreed_at": self.now}])
            here = {"user_id": user_id, "session_id": session_id, "supporter": Supporter.FACILITATOR}
            self._add(SupportedSitting, [{"id": uuid.uuid4()} | here])
        return Seat(member_id, panel_id, user_id, self.cookies.of(token))

    def _declared(self, made: Evaluating) -> None:
        rows = [
            {"id": uuid.uuid4(), "panel_member_id": seat.member_id, "bid_id": bid_id, "has_interest": False}
            for seats in made.seats.values()
            for seat in seats
            for bid_id in made.bid_ids
        ]
        self._add(Declaration, rows)

    def _started(self, made: Evaluating, leaves: Mapping[str, uuid.UUID]) -> None:
        """A third of each member's bids is saved."""
        cards = [
            {"id": uuid.uuid4(), "panel_member_id": seat.member_id, "bid_id": bid_id}
            for seats in made.seats.values()
            for seat in seats
            for bid_id in made.bid_ids[::3]
        ]
        self._add(Scorecard, cards)
        marks = [(card["id"], criterion, 3) for card in cards for criterion in leaves.values()]
        self._copy("score (scorecard_id, criterion_id, score, reason)", [(*mark, "Says who comes.") for mark in marks])

    def _half_agreed(self, made: Evaluating, criteria: list[uuid.UUID]) -> None:
        columns = "id, panel_id, bid_id, criterion_id, score, reason, agreed_by_id, stands_at"
        rows = [
            (uuid.uuid4(), panel_id, bid_id, criterion, 3, "Agreed after talking it through.", self.clerk, self.now)
            for panel_id in made.panel_ids.values()
            for bid_id in made.bid_ids[::2]
            for criterion in criteria
        ]
        self._copy(f"{ModeratedScore.__tablename__} ({columns})", rows)
        there = [{"id": uuid.uuid4(), "panel_member_id": s.member_id} for seats in made.seats.values() for s in seats]
        self._add(Attendance, there)

    def _copy(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        with self.connection.connection.cursor().copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
