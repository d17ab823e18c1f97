"""What the figures are measured on: providers, invitations, drafts and a result, written under the real schema.

The rows go in through the schema owner's address, because making ten thousand invitations by hand through the
activities would take longer than the measurement. What is sealed is sealed with the portal's own keys, and the
result is the scoring engine's.
"""

from __future__ import annotations

import hashlib
import random
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from nacl.public import PrivateKey
from people import people_rows
from road_portal import SECRET_KEY
from sqlalchemy import Connection, create_engine, insert, text, update

from portal.accounts.models import HeldRole, User, UserSession
from portal.bidding.contents import Content, seal_draft
from portal.bidding.models import Bid, BidOpening, BidVersion, OpenedBid, OpenedPrice
from portal.bidding.states import BidStatus, OpeningStatus
from portal.core import clock
from portal.core.permissions import Role
from portal.core.references import new_reference
from portal.core.seals import KeyFolder
from portal.evaluation.models import PanelMember, Result, Score, Scorecard
from portal.evaluation.states import MemberRole, ScorecardStatus
from portal.evaluation.storing import hash_of
from portal.organisations.models import ContractingAuthority, Provider
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel, Question, Scale
from portal.tendering.states import Combination, IttStatus, PanelKind, QuestionKind
from tender_scoring import diagnose, evaluate, method_hash

QUESTIONS, CHARACTERS = 20, 480
ANSWER = ("We listen first, agree the plan with the family, and look at it again together every six weeks. " * 5)[
    :CHARACTERS
]
PANELS = {"local": (PanelKind.LOCAL, 5), "parents": (PanelKind.PARENTS, 3), "young-people": (PanelKind.YOUNG_PEOPLE, 4)}
SHARES = {"local": "40", "parents": "20", "young-people": "40"}
CRITERIA = 25
CSRF = secrets.token_hex(20)
SECTION = "quality"


@dataclass(frozen=True)
class Sizes:
    """How much there is."""

    providers: int = 5000
    itts: int = 10_000
    ranked_bids: int = 454
    many: int = 1000
    few: int = 10


@dataclass
class World:
    """What the clients need: drafts with their owners' cookies, and the addresses of pages."""

    sizes: Sizes
    drafts: list[tuple[str, str]] = field(default_factory=list)
    """Reference and cookie of every draft that can be submitted."""
    ranking: tuple[str, str] = ("", "")
    """The ranking's path and its reader's cookie."""
    provider_desks: dict[int, str] = field(default_factory=dict)
    """Cookie of somebody of a provider with so many bids."""
    authority_desks: dict[int, str] = field(default_factory=dict)
    """Cookie of somebody of an authority with so many invitations."""


class Cookies:
    """Signs a session's cookie as the portal does: signing in hashes a password, which is slow on purpose."""

    def __init__(self) -> None:
        app = Flask(__name__)
        app.secret_key = SECRET_KEY
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        self._serializer = serializer

    def of(self, token: str) -> str:
        """The cookie of a session with that token."""
        return "fairlot=" + str(self._serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": CSRF}))


def csrf_token() -> str:
    """What the forms carry for these cookies."""
    return str(URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(CSRF))


def build(url: str, keys: KeyFolder, sizes: Sizes) -> World:
    """Write everything in one transaction, and let PostgreSQL count it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        world = Builder(connection, keys, sizes).build()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return world


class Builder:
    """Writes rows; what a benchmark needs beside these is a builder of its own."""

    def __init__(self, connection: Connection, keys: KeyFolder, sizes: Sizes) -> None:
        self.connection, self.keys, self.sizes = connection, keys, sizes
        self.now, self.cookies, self.world = clock.now(), Cookies(), World(sizes)
        # Names are sealed with the keys of the application that is at hand.
        self.holder = Flask("benchmark")
        self.holder.extensions["keys"] = keys
        self.seal_key = bytes(PrivateKey.generate().public_key)
        self.answers: dict[str, str] = {}
        """What every opened bid answered."""

    def build(self) -> World:
        self.clerk = self._people(1, Role.COMMISSIONER, [None])[0][0]
        self.authorities = [uuid.uuid4() for _ in range(22)]
        self._add(ContractingAuthority, [self._authority(n, made) for n, made in enumerate(self.authorities)])
        self.providers = [uuid.uuid4() for _ in range(self.sizes.providers)]
        self._add(Provider, [self._provider(number, made) for number, made in enumerate(self.providers)])
        people = self._people(len(self.providers), Role.SUBMITTER, [{"provider_id": p} for p in self.providers])
        self._itts()
        self._answered_itt(people)
        self._desks(people)
        self._ranked_itt()
        return self.world

    def _add(self, model: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(model.__table__), rows)

    def _authority(self, number: int, made: uuid.UUID) -> dict[str, Any]:
        return {"id": made, "name": f"Demo Council {number}"}

    def _provider(self, number: int, made: uuid.UUID) -> dict[str, Any]:
        name = f"Demo Provider {number}"
        return {"id": made, "name": name, "company_number": f"{number:08}"}

    def _people(self, count: int, role: Role, places: list[dict[str, Any] | None]) -> list[tuple[uuid.UUID, str]]:
        """People of these places, each with an open session; returns their identifiers and cookies."""
        made = [(uuid.uuid4(), secrets.token_urlsafe(32)) for _ in range(count)]
        with self.holder.app_context():
            self._add(User, people_rows(one for one, _ in made))
        self._add(HeldRole, [{"user_id": i, "role": role, **p} for (i, _), p in zip(made, places, strict=True) if p])
        self._add(
            UserSession,
            [
                {
                    "user_id": i,
                    "token_hash": hashlib.sha256(token.encode()).digest(),
                    "created_at": self.now,
                    "last_seen_at": self.now - timedelta(minutes=5),
                    "expires_at": self.now + timedelta(hours=12),
                    "factor_at": self.now,
                }
                for i, token in made
            ],
        )
        return [(i, self.cookies.of(token)) for i, token in made]

    def _itt(self, authority: uuid.UUID, title: str, **more: Any) -> dict[str, Any]:
        return {
            "id": uuid.uuid4(),
            "reference": new_reference("ITT"),
            "authority_id": authority,
            "created_by_id": self.clerk,
            "title": title,
            "term_months": 36,
            "closes_at": self.now + timedelta(days=30),
            "published_at": self.now - timedelta(days=30),
            "method": {},
            "method_hash": "none",
            "seal_public_key": self.seal_key,
        } | more

    def _published(self, itts: list[dict[str, Any]], status: IttStatus) -> None:
        """Their method is frozen once they are published, so they are drafts until everything is there."""
        ids = [itt["id"] for itt in itts]
        values: dict[str, Any] = {"status": status}
        if status is not IttStatus.PUBLISHED:
            values |= {"closes_at": self.now - timedelta(days=1), "opened_at": self.now}
        self.connection.execute(update(InvitationToTender).where(InvitationToTender.id.in_(ids)).values(**values))

    def _itts(self) -> None:
        """Every twentieth is open; the first authority has many, the second has few, the rest share the others."""
        owners = [0] * self.sizes.many + [1] * self.sizes.few
        owners += [2 + n % 20 for n in range(self.sizes.itts - len(owners))]
        itts = [self._itt(self.authorities[owner], f"Support for families {n}") for n, owner in enumerate(owners)]
        self.lots = [{"id": uuid.uuid4(), "itt_id": itt["id"], "number": 1, "title": "The whole"} for itt in itts]
        self._add(InvitationToTender, itts)
        self._add(Lot, self.lots)
        self._published(itts[::20], IttStatus.PUBLISHED)
        self._published([itt for n, itt in enumerate(itts) if n % 20], IttStatus.OPENED)
        for count, authority in ((self.sizes.many, 0), (self.sizes.few, 1)):
            place = {"authority_id": self.authorities[authority]}
            self.world.authority_desks[count] = self._people(1, Role.COMMISSIONER, [place])[0][1]

    def _answered_itt(self, people: list[tuple[uuid.UUID, str]]) -> None:
        """The open invitation with twenty questions, and every provider's draft for it: a price, no answers yet."""
        itt = self._itt(self.authorities[2], "Early help for children and young people")
        self._add(InvitationToTender, [itt])
        lot = {"id": uuid.uuid4(), "itt_id": itt["id"], "number": 1, "title": "The whole"}
        self._add(Lot, [lot])
        heading = {"id": uuid.uuid4(), "itt_id": itt["id"], "position": 0, "key": SECTION, "title": "Quality"}
        self._add(AwardCriterion, [heading | {"weight": 100}])
        leaves = [
            {"id": uuid.uuid4(), "itt_id": itt["id"], "parent_id": heading["id"], "position": n, "key": f"c{n:02}"}
            | {"title": f"Criterion {n}", "weight": 5}
            for n in range(QUESTIONS)
        ]
        self._add(AwardCriterion, leaves)
        self._add(
            Question,
            [
                {
                    "itt_id": itt["id"],
                    "criterion_id": leaf["id"],
                    "position": n,
                    "key": f"q{n:02}",
                    "settings": {"word_limit": 500},
                }
                | {"kind": QuestionKind.TEXT, "prompt": f"How would you work with families, part {n + 1}?"}
                for n, leaf in enumerate(leaves)
            ],
        )
        self._published([itt], IttStatus.PUBLISHED)
        bids = [self._draft(itt["id"], lot["id"], provider) for provider in self.providers]
        self._add(Bid, bids)
        self.world.drafts = [(bid["reference"], cookie) for bid, (_, cookie) in zip(bids, people, strict=True)]

    def _draft(self, itt_id: uuid.UUID, lot_id: uuid.UUID, provider_id: uuid.UUID) -> dict[str, Any]:
        places = {"id": uuid.uuid4(), "itt_id": itt_id, "lot_id": lot_id, "provider_id": provider_id}
        sealed = seal_draft(Bid(**places), Content(price="118000.00"), 1, self.keys)
        return places | {
            "reference": new_reference("BID"),
            "draft_sealed": sealed,
            "draft_revision": 1,
            "draft_saved_at": self.now,
        }

    def _desks(self, people: list[tuple[uuid.UUID, str]]) -> None:
        """Two providers with many and with few bids for other invitations, beside their draft for the open one."""
        for place, count in ((-1, self.sizes.many), (-2, self.sizes.few)):
            self._add(Bid, [self._draft(lot["itt_id"], lot["id"], self.providers[place]) for lot in self.lots[:count]])
            self.world.provider_desks[count] = people[place][1]
        self.world.drafts = self.world.drafts[:-2]

    def _ranked_itt(self) -> None:
        """A moderated invitation with its stored result: three panels of twelve people, every score of each."""
        itt = self._itt(self.authorities[3], "Mentoring after school", method=the_method())
        itt["method_hash"] = method_hash(itt["method"])
        self._add(InvitationToTender, [itt])
        lot = {"id": uuid.uuid4(), "itt_id": itt["id"], "number": 1, "title": "The whole"}
        self._add(Lot, [lot])
        leaves, members = self._method_rows(itt["id"])
        bids, case = self._opened(itt, lot["id"])
        case["scores"] = self._scores(bids, leaves, members)
        self._published([itt], IttStatus.MODERATED)
        outcome = evaluate(case).to_dict()
        stored = {"id": uuid.uuid4(), "itt_id": itt["id"], "lot_id": lot["id"], "inputs_hash": hash_of(case)}
        stored |= {"inputs": case, "steps": outcome.pop("steps"), "outcome": outcome, "calculated_at": self.now}
        self._add(Result, [stored | {"diagnostics": diagnose(case).to_dict()}])
        reader = self._people(1, Role.COMMISSIONER, [{"authority_id": itt["authority_id"]}])[0][1]
        self.world.ranking = f"/commissioning/itts/{itt['reference']}/result", reader

    def _method_rows(self, itt_id: uuid.UUID) -> tuple[dict[str, uuid.UUID], list[tuple[str, uuid.UUID]]]:
        scale = {"id": uuid.uuid4(), "itt_id": itt_id, "key": "0-5", "minimum": 0, "maximum": 5}
        self._add(Scale, [scale])
        panels: list[dict[str, Any]] = [
            {"id": uuid.uuid4(), "itt_id": itt_id, "position": n, "key": key, "name": f"Panel {key}", "kind": kind}
            | {"combine": Combination.MEAN}
            for n, (key, (kind, _)) in enumerate(PANELS.items())
        ]
        self._add(Panel, panels)
        common: dict[str, Any] = {"itt_id": itt_id, "weight": 4, "scale_id": scale["id"]}
        leaves: list[dict[str, Any]] = [
            common | {"id": uuid.uuid4(), "position": n, "key": f"q{n:02}", "title": f"Criterion {n}"}
            for n in range(CRITERIA)
        ]
        self._add(AwardCriterion, leaves)
        members = []
        for panel in panels:
            count = PANELS[panel["key"]][1]
            for user, _cookie in self._people(count, Role.PANEL_MEMBER, [{"panel_id": panel["id"]}] * count):
                members.append({"id": uuid.uuid4(), "panel_id": panel["id"], "user_id": user})
        self._add(PanelMember, [member | {"role": MemberRole.MEMBER} for member in members])
        keys = {panel["id"]: panel["key"] for panel in panels}
        return {leaf["key"]: leaf["id"] for leaf in leaves}, [(keys[m["panel_id"]], m["id"]) for m in members]

    def _opened(self, itt: dict[str, Any], lot_id: uuid.UUID) -> tuple[dict[str, uuid.UUID], dict[str, Any]]:
        chance = random.Random(1)
        openers = [self._people(1, Role.OPENER, [{"authority_id": itt["authority_id"]}])[0][0] for _ in range(2)]
        opening = {"id": uuid.uuid4(), "itt_id": itt["id"], "status": OpeningStatus.DONE, "proposed_at": self.now}
        opening |= {"proposed_by_id": openers[0], "decided_by_id": openers[1], "decided_at": self.now}
        self._add(BidOpening, [opening])
        bids = [self._draft(itt["id"], lot_id, provider) for provider in self.providers[: self.sizes.ranked_bids]]
        self._add(Bid, [bid | {"status": BidStatus.SUBMITTED, "version": 1} for bid in bids])
        versions = [self._version(bid["id"]) for bid in bids]
        self._add(BidVersion, versions)
        opened = [
            {"bid_id": v["bid_id"], "version_id": v["id"], "opening_id": opening["id"], "label": f"Provider {n}"}
            | {"quality": {"answers": self.answers, "files": []}}
            for n, v in enumerate(versions, 1)
        ]
        self._add(OpenedBid, opened)
        prices = [
            {"bid_id": bid["id"], "opening_id": opening["id"], "price": chance.randint(90_000, 200_000)} for bid in bids
        ]
        self._add(OpenedPrice, prices)
        given = {bid["reference"]: {"price": str(row["price"])} for bid, row in zip(bids, prices, strict=True)}
        case = {"method": itt["method"], "bids": given, "scores": [], "agreed": [], "recused": []}
        return {bid["reference"]: bid["id"] for bid in bids}, case

    def _version(self, bid_id: uuid.UUID) -> dict[str, Any]:
        return {
            "id": uuid.uuid4(),
            "bid_id": bid_id,
            "number": 1,
            "idempotency_key": uuid.uuid4(),
            "received_at": self.now,
            "submitted_by_id": self.clerk,
            "seal_format": 2,
            "method_version": 1,
            "keys_for_draft": secrets.token_bytes(136),
            "commitment": "none",
            "receipt": {},
        }

    def _scores(
        self, bids: dict[str, uuid.UUID], leaves: dict[str, uuid.UUID], members: list[tuple[str, uuid.UUID]]
    ) -> list[dict[str, str]]:
        chance, reason = random.Random(2), "Names the two workers and says how often they come."
        cards, rows, case = [], [], []
        for reference, bid_id in bids.items():
            for panel, member in members:
                card = {"id": uuid.uuid4(), "panel_member_id": member, "bid_id": bid_id}
                cards.append(card)
                for key, criterion in leaves.items():
                    score = chance.randint(0, 5)
                    rows.append((card["id"], criterion, score, reason))
                    case.append({"panel": panel, "member": str(member), "bid": reference, "criterion": key})
                    case[-1] |= {"score": str(score), "reason": reason}
        self._add(Scorecard, cards)
        cursor = self.connection.connection.cursor()
        with cursor.copy(f"COPY {Score.__tablename__} (scorecard_id, criterion_id, score, reason) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        submitted = {"status": ScorecardStatus.SUBMITTED, "submitted_at": self.now}
        ours = Scorecard.panel_member_id.in_([member for _, member in members])
        self.connection.execute(update(Scorecard).where(ours).values(**submitted))
        return case


def the_method() -> dict[str, Any]:
    """Twenty-five questions that three panels share, and a price."""
    return {
        "scales": {"0-5": {"minimum": "0", "maximum": "5"}},
        "panels": {key: {"combine": "mean", "quorum": 2} for key in PANELS},
        "criteria": [
            {
                "id": "quality",
                "weight": "70",
                "children": [
                    {"id": f"q{n:02}", "weight": "4", "panels": SHARES, "scale": "0-5"} for n in range(CRITERIA)
                ],
            },
            {"id": "price", "weight": "30", "price": {"formula": "lowest_relative"}},
        ],
        "rounding": {"places": 4, "mode": "half_up"},
        "tie_break": ["quality", "lowest_price"],
    }
