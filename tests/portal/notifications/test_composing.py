"""Writing messages from the templates."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.outbox import MAIL
from portal.audit.recording import record
from portal.awarding.states import SettingAsideKind
from portal.core import clock
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.judging.states import Concern, Matter, Verdict
from portal.members.states import ChangeStatus
from portal.notifications.composing import compose, tell
from portal.notifications.models import Message
from portal.paths import TEMPLATES
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.kinds import Regime
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import make_person

TEMPLATES_OF_MAIL = sorted(
    path.relative_to(TEMPLATES / "emails").with_suffix("").as_posix() for path in (TEMPLATES / "emails").rglob("*.txt")
)
TITLE = "Early help\r\nBcc: everybody@rival.example\r\n"


def values() -> dict[str, Any]:
    """Everything that any template asks for, with a title that tries to be a header."""
    itt = SimpleNamespace(
        title=TITLE,
        reference="ITT-7K3M9QX2",
        authority=SimpleNamespace(name="Demo County Council"),
        closes_at=datetime(2026, 12, 4, 12, tzinfo=UTC),
        estimated_value=Decimal(240000),
        term_months=30,
        answers_by_date=date(2026, 12, 1),
        opened_at=None,
    )
    decision = SimpleNamespace(of_what=TITLE)
    standstill = SimpleNamespace(
        decision=decision,
        last_date=date(2026, 12, 3),
        ends_until=datetime(2026, 12, 4, tzinfo=UTC),
        length_words="8 working days",
    )
    return {
        "itt": itt,
        "bid": SimpleNamespace(
            id=uuid.uuid4(),
            reference="BID-1",
            version=1,
            draft_gaps=2,
            provider=SimpleNamespace(name="Demo Provider"),
        ),
        "gaps": 2,
        "count": 2,
        "ends_at": itt.closes_at,
        "panel": SimpleNamespace(name="Parents"),
        "line": "0300 000 0000",
        "version": 1,
        "at": itt.closes_at,
        "received_at": itt.closes_at,
        "standstill": standstill,
        "name": CATALOGUE["UK6"].name,
        "code": "UK6",
        "summary": SimpleNamespace(reference="SUM-1", decision=decision, document={"is_winner": False}),
        "contract": SimpleNamespace(
            reference="CON-1",
            title=TITLE,
            provider=SimpleNamespace(name="Demo Provider"),
            start_date=date(2027, 4, 1),
        ),
        "person": SimpleNamespace(display_name=TITLE, email="colleague@people.example"),
        "proposer": SimpleNamespace(display_name="Demo Administrator", email="administrator@people.example"),
        "decider": SimpleNamespace(display_name="Demo Second Administrator"),
        "checker": SimpleNamespace(display_name="Demo Third Administrator"),
        "reference": "LOST-7K3M9",
        "role": "opener",
        "inviter": SimpleNamespace(display_name=TITLE),
        "by": SimpleNamespace(display_name="Demo Administrator"),
        "given": ["submitter"],
        "taken": ["contributor"],
        "not_wanted": ["opener"],
        "roles": ["submitter"],
        "colleague": SimpleNamespace(display_name="Demo Contributor"),
        "place": TITLE,
        "until": itt.closes_at,
        "browser": "Firefox on Windows",
        "deputy": SimpleNamespace(display_name="Demo Deputy"),
        "first_day": date(2026, 12, 1),
        **values_of_changes(itt),
        **values_of_frameworks(),
    }


def values_of_changes(itt: SimpleNamespace) -> dict[str, Any]:
    """What the letters about an open invitation, and about the end of one, ask for."""
    return {
        "words": "The building has two floors.",
        "request": SimpleNamespace(
            reference="HLP-7K3M9",
            words=f"{TITLE}.",
            answer=f"{TITLE}.",
            asked_at=itt.closes_at,
            reason=f"{TITLE}.",
            until_date=date(2027, 3, 3),
            answer_by_date=date(2026, 12, 18),
        ),
        "asker": "Demo Provider",
        "bids": ["BID-1"],
        "agrees": False,
        "position": 12,
        "fingerprint": "0" * 64,
        "first": 1,
        "last": 3,
        "closes_at": itt.closes_at,
        "extended": True,
        "abandoned": False,
        "both": True,
        "admits": True,
        "admitted": True,
        "addendum": SimpleNamespace(
            number=1,
            words=f"{TITLE}.",
            reason=f"{TITLE}.",
            decision_note=f"{TITLE}.",
            method_version=2,
            method_changes=[SimpleNamespace(title=TITLE, before={}, after={})],
            earlier_answers=EarlierAnswers.STAND,
        ),
        "proposal": SimpleNamespace(
            decided_at=itt.closes_at,
            reason=f"{TITLE}.",
            what="the winner withdraws",
            kind=SettingAsideKind.WITHDRAWAL,
            place=SimpleNamespace(bid_id=None, of_what="lot 1, place 2", decision=SimpleNamespace(is_decided=False)),
        ),
        "held": frozenset(),
        "judgement": SimpleNamespace(
            bid=SimpleNamespace(reference="BID-0000", provider=SimpleNamespace(name=TITLE)),
            verdict=Verdict.FAILS,
            matter=Matter.EXCLUSION,
            law="PA2023 s.26, s.58",
            reason=f"{TITLE}.",
            decision_note=f"{TITLE}.",
            decided_at=itt.closes_at,
        ),
        "subject": TITLE,
        "enquiry": SimpleNamespace(
            bid=SimpleNamespace(reference="BID-0000", provider=SimpleNamespace(name=TITLE)),
            matter=Matter.EXCLUSION,
            concern=Concern.SUBCONTRACTOR,
            concerns=TITLE,
            law=ASSESSING[Regime.PA2023],
            words=f"{TITLE}.",
            due_at=itt.closes_at,
        ),
        "stands": False,
        "is_covered": False,
        "is_young": False,
        "outcome": "conditions",
        "ending": SimpleNamespace(decided_at=itt.closes_at, reason=f"{TITLE}.", lot=None, what="lot 1"),
    }


def values_of_frameworks() -> dict[str, Any]:
    """What the letters about joining and being a member ask for."""
    authority = SimpleNamespace(name="Demo County Council", contact_email="commissioning@authority.example")
    framework = SimpleNamespace(
        title=TITLE,
        authority=authority,
        valid_until=datetime(2028, 12, 31, tzinfo=UTC),
        suspension_terms="Clause 9 allows it.",
        cease_reason="It is merged with another.",
    )
    return {
        "framework": framework,
        "lot": SimpleNamespace(number=1, title=TITLE),
        "kind": "dynamic market",
        "authority": authority.name,
        "provider": "Demo Provider",
        "application": SimpleNamespace(reference="APP-1", due_on=date(2026, 12, 4)),
        "admission": SimpleNamespace(suspension_reason="An inquiry runs.", removal_reasons="It closed its homes."),
        "ground": SimpleNamespace(text="It no longer meets the conditions", law="PA2023 s.37(2)", is_duty=False),
        "findings": [{"title": "Insurance", "reason": "It lapsed in May."}],
        "documents": [("Insurance", "insurance.pdf", date(2026, 12, 4))],
        "call_offs": [],
        "due_on": date(2026, 12, 4),
        "last_day": date(2026, 12, 4),
        "answer_by": date(2026, 12, 4),
        "law": "PA2023 s.36(6)",
        "reason": "Documents have to be looked at again.",
        "question": "Which home does the certificate cover?",
        "is_late": False,
        "is_valid": True,
        "may_bid": True,
        "how": "An officer compared it with the register",
        "before": "Demo Before",
        "domain": "brightsteps.org.uk",
        "claim": SimpleNamespace(number="09506232", reason=TITLE, answer_due_on=date(2026, 12, 4)),
        "where": "Homes for children",
        "note": f"{TITLE}.",
        "decision": SimpleNamespace(status=ChangeStatus.ACCEPTED, note=TITLE),
        "change": SimpleNamespace(name=TITLE, reason=TITLE),
        "suspension": SimpleNamespace(
            authority=None,
            starts_at=datetime(2026, 12, 1, tzinfo=UTC),
            ends_at=None,
            reason=TITLE,
            review_date=date(2026, 12, 4),
            decision_note=TITLE,
            lifted_at=datetime(2026, 12, 3, tzinfo=UTC),
            lift_reason=TITLE,
        ),
    }


@pytest.mark.parametrize("template", TEMPLATES_OF_MAIL)
def test_every_template_is_a_letter(template: str) -> None:
    """Each template gives a subject of one line, whatever was typed as a title, and a body of whole sentences."""
    subject, body = compose(template, **values())
    assert subject
    assert re.search(r"[\r\n]", subject) is None
    assert body.strip().endswith((".", "!")) or body.strip()[-1] in ".”"
    assert "{{" not in body


def test_a_short_time_is_told_in_hours() -> None:
    """An invitation that closes within three days says in how many hours, a later one the day alone."""
    itt = values()["itt"]
    for hours in (20, 100):
        itt.closes_at = clock.now() + timedelta(hours=hours)
        _, body = compose("tendering/itt_published", itt=itt)
        assert (", in 19 hours." in body) is (hours == 20)
        assert ("hours" in body) is (hours == 20)


def test_a_missing_value_is_an_error() -> None:
    """A template that is given too little fails instead of sending a letter with a hole."""
    with pytest.raises(UndefinedError):
        compose("awarding/award_proposed")


def test_nobody_is_told_twice(db_session: object) -> None:
    """The same event told again gives no second message and no second mail."""
    people = [make_person(Role.COMMISSIONER).id, make_person(Role.COMMISSIONER).id]
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    event = db.session.get_one(Event, made.id)
    letter = {"template": "tendering/itt_closed_openers", "link": "/x", "thread": made.id, "itt": values()["itt"]}
    told = [tell(event=event, people=people, **letter) for _ in range(2)]
    assert [len(new) for new in told] == [2, 0]
    messages = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
    mails = db.session.scalars(select(Delivery).where(Delivery.event_id == event.id, Delivery.consumer == MAIL)).all()
    assert sorted(message.user_id for message in messages) == sorted(people)
    assert sorted(mail.subject_id for mail in mails if mail.subject_id) == sorted(message.id for message in messages)
    assert {message.subject for message in messages} == {"Ready to open: Early help Bcc: everybody@rival.example"}
