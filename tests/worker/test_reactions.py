"""What follows when something happens, over a whole procurement."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import current_app
from sqlalchemy import select, update

from portal.accounts.models import HeldRole
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.awarding.deciding import decide_award, refuse_award
from portal.awarding.models import Standstill
from portal.awarding.standstill import end_due_standstills
from portal.config import Settings
from portal.core import clock
from portal.core.errors import WrongState
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from portal.extensions import db
from portal.notices.publisher import publisher
from portal.notices.queries import waiting_notices
from portal.notifications.models import Message
from portal.regulation.kinds import Regime
from portal.tendering.closing import record_closed_itts
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import make_person
from tests.factories.awarding import NOTE, Award, let_standstill_pass, propose, publish_of
from tests.factories.bidding import close_now, submitted_bid
from tests.factories.contracts import conclude
from tests.factories.notices import place
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.services import Mailbox


def drain() -> None:
    """Run the relay's task here."""
    from worker.outbox import drain as task

    task.run()


def audiences() -> dict[str, set[str]]:
    """Each kind of message with the roles of whom it was sent to."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = db.session.execute(select(Message.kind, HeldRole.role).join(HeldRole, HeldRole.user_id == Message.user_id))
    for kind, role in rows:
        found[kind].add("provider" if role in PROVIDER_ROLES else role.value)
    return dict(found)


def test_who_hears_of_what(award: Award, mailbox: Mailbox) -> None:
    """From the publication to the contract each message reaches the roles it is for, and no others."""
    everybody = {role: make_person(role, authority=award.itt.authority) for role in AUTHORITY_ROLES}
    db.session.execute(update(Delivery).values(sent_at=None))
    drain()
    refuse_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    drain()
    award.decision = propose(award.itt, award.commissioner)
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.commit()
    drain()
    let_standstill_pass(award)
    end_due_standstills(now=clock.database_time())
    conclude(award)
    db.session.commit()
    drain()
    assert audiences() == {
        "tendering/publication_proposed": {"approver"},
        "tendering/publication_approved": {"commissioner"},
        "bidding/bid_submitted": {"provider"},
        "bidding/bids_opened": {"provider"},
        "evaluation/bids_ready": {"chair", "facilitator", "panel_member"},
        "evaluation/moderation_started": {"chair", "facilitator"},
        "evaluation/result_calculated": {"commissioner"},
        "evaluation/panel_to_tell": {"commissioner", "contract_manager"},
        "evaluation/safeguarding_lead": {"safeguarding_lead"},
        "awarding/award_proposed": {"approver"},
        "awarding/award_refused": {"commissioner"},
        "awarding/summary_issued": {"provider"},
        "awarding/standstill_started": {"provider", "commissioner", "contract_manager"},
        "awarding/standstill_ended": {"commissioner", "contract_manager"},
        "contracts/contract_concluded": {"provider", "contract_manager"},
        "notices/notice_prepared": {"commissioner", "contract_manager"},
    }
    assert mailbox.to(str(everybody[Role.AUDITOR].email)) == []


def test_the_proposer_is_not_asked_to_decide(award: Award) -> None:
    """Somebody who proposed and is an approver as well is not told that a decision waits."""
    proposer = award.decision.proposed_by_id
    db.session.add(HeldRole(user_id=proposer, role=Role.APPROVER, authority_id=award.itt.authority_id))
    db.session.execute(update(Delivery).values(sent_at=None))
    drain()
    told = db.session.scalars(select(Message.user_id).where(Message.kind == "awarding/award_proposed")).all()
    assert award.approver.user_id in told
    assert proposer not in told


def test_before_the_opening_nothing_names_a_bidder(award: Award, mailbox: Mailbox) -> None:
    """What the authority hears at closing is word for word the same with two bids as with none (S-07)."""
    people = [make_person(role, authority=award.itt.authority) for role in AUTHORITY_ROLES]
    heard = []
    for bids in (2, 0):
        itt = published_itt(authority=award.itt.authority)
        for number in range(bids):
            submitted_bid(itt, make_provider(f"Marker {number} Ltd"))
        close_now(itt)
        record_closed_itts(now=clock.database_time())
        db.session.commit()
        drain()
        heard.append(_told_to([person.id for person in people], itt))
    assert heard[0] == heard[1]
    kinds = ["itt_closed_openers", "publication_approved", "publication_proposed"]
    assert [kind.removeprefix("tendering/") for kind, _, _ in heard[0]] == kinds
    to_officers = [mail for person in people for mail in mailbox.to(str(person.email))]
    words = " ".join(f"{mail['Subject']} {mail.get_content()}" for mail in to_officers)
    assert "Marker" not in words
    assert re.search(r"BID-\w", words) is None


def _told_to(people: list[object], itt: InvitationToTender) -> list[tuple[str, str, str]]:
    """What these people were told about an ITT, without its own name and times."""
    messages = db.session.scalars(
        select(Message).where(Message.user_id.in_(people), Message.link.contains(itt.reference))
    )
    own = re.compile("|".join(map(re.escape, (itt.reference, itt.title))) + r"|ended at [^.]+\.")
    return sorted((one.kind, own.sub("", one.subject), own.sub("", one.body)) for one in messages)


def test_only_the_award_notice_starts_a_standstill(award: Award) -> None:
    """Another notice of the same process starts none, and the same notice again no second one."""
    from types import SimpleNamespace

    from worker.reactions import announce_award

    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    at = datetime(2026, 11, 24, 9, tzinfo=UTC).isoformat()
    data = {"about": str(award.decision.id), "published_at": at}
    announce_award(SimpleNamespace(data={"kind_code": "UK7", **data}))  # type: ignore[arg-type]
    assert db.session.scalars(select(Standstill)).all() == []
    for _ in range(2):
        announce_award(SimpleNamespace(data={"kind_code": "UK6", **data}))  # type: ignore[arg-type]
    assert [str(row.last_date) for row in db.session.scalars(select(Standstill))] == ["2026-12-04"]
    assert award.decision.announced_date == date(2026, 11, 24)


def test_the_standstill_begins_with_the_day_on_the_central_platform(award: Award) -> None:
    """Above the threshold neither letters nor our own publication start it: the central notice's day does (s.51(2))."""
    award.itt.estimated_value = Decimal(700_000)
    publish_of(award.itt, EventKind.ITT_PUBLISHED)
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.commit()
    drain()
    assert db.session.scalars(select(Standstill)).all() == []
    with pytest.raises(WrongState, match="award notice has not been published yet"):
        conclude(award)
    ours = publisher(current_app.config["SETTINGS"])
    place(award.itt, publisher=ours, now=clock.now() + timedelta(days=2))
    db.session.commit()
    drain()
    [standstill] = db.session.scalars(select(Standstill))
    assert standstill.starts_date == clock.today() + timedelta(days=2)


def test_under_the_2015_regulations_the_letters_start_it(award: Award) -> None:
    """The ten days run from the day the last bidder was told (reg 87(2)), though the award notice waits."""
    award.itt.regime = Regime.PCR2015
    publish_of(award.itt, EventKind.ITT_PUBLISHED)
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.commit()
    drain()
    [standstill] = db.session.scalars(select(Standstill))
    assert (standstill.starts_date, standstill.length_words) == (clock.today(), "10 days")
    assert [notice.kind_code for notice in waiting_notices(award.itt.id)] == ["UK6"]


@pytest.mark.usefixtures("db_session")
def test_whoever_asked_hears_of_an_opportunity(worker_environment: Settings, mailbox: Mailbox) -> None:
    """Publishing mails the providers whose alerts match, once each, and publishes the tender notice."""
    from portal.notices.models import Notice

    person = make_person(Role.SUBMITTER, provider=make_provider(alerts=("85311300", "85312310")))
    other = make_person(Role.SUBMITTER, provider=make_provider(alerts=("80340000",)))
    itt = published_itt()
    db.session.commit()
    drain()
    assert [mail["Subject"] for mail in mailbox.to(str(person.email))] == [f"New opportunity: {itt.title}"]
    assert mailbox.to(str(other.email)) == []
    assert db.session.scalars(select(Notice.kind_code)).all() == ["UK4"]
