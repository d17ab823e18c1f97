"""The report of an evaluation: it answers for every mark, and the edition for publication gives nobody away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager

import pypdfium2
import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.core.workbooks import read_workbook
from portal.evaluation.consenting import dissent_from
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import ModeratedScore, Score
from portal.evaluation.moderation import agree_score
from portal.evaluation.queries import agreed_scores
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.reporting.making import Edition, make_report
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import standing_award
from tests.factories.evaluation import (
    AGREED_REASON,
    KEYS,
    MEETING,
    REASON,
    WHY_NOT,
    Evaluation,
    agree_all,
    close,
    consent_all,
    moderated_evaluation,
    moderating_itt,
    recuse,
    score_all,
    scoring_itt,
    start,
)


def auditor_of(itt: InvitationToTender) -> Actor:
    return actor_of(make_person(Role.AUDITOR, authority=itt.authority))


def made(itt: InvitationToTender, edition: Edition, actor: Actor | None = None) -> bytes:
    return make_report(itt=itt, edition=edition, actor=actor or auditor_of(itt), now=clock.now()).content


def words_of(content: bytes) -> str:
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return " ".join(text.replace("\u200b", "").split())


def sheet(content: bytes, title: str) -> list[dict[str, str]]:
    """The rows of a sheet, each by its headings."""
    head, *rows = read_workbook(content)[title]
    return [{head[column]: cell for column, cell in row.items()} for row in rows]


@pytest.fixture
def troubled(db_session: object) -> Evaluation:
    """One member stepped back in the middle of it, and every mark of that panel was agreed twice."""
    evaluation = moderating_itt(2, professionals=3)
    for key in KEYS:
        agree_all(evaluation, key)
    leaver = next(seat for seat in evaluation.seats["local"] if seat.member.role is MemberRole.MEMBER)
    recuse(leaver, evaluation.bids()[0])
    agree_all(evaluation, "local", lambda number, _: 4)
    for key in KEYS:
        close(evaluation, key)
    db.session.refresh(evaluation.itt)
    return evaluation


def test_no_mark_is_lost(troubled: Evaluation) -> None:
    """Every submitted mark and every agreed one, replaced too, is a row with reason, person, time and documents."""
    content = made(troubled.itt, Edition.XLSX)
    given, agreed = sheet(content, "Members’ marks"), sheet(content, "Agreed marks")
    assert len(given) == db.session.scalar(select(func.count()).select_from(Score)) > 0
    assert len(agreed) == db.session.scalar(select(func.count()).select_from(ModeratedScore))
    assert {row["Reason"] for row in given} == {REASON}
    assert {row["Counts"] for row in given} == {"Yes", "Stepped back: the marks do not count"}
    assert all(row["Member"] and row["Submitted"] and row["Mark"] for row in given)
    assert all(row["Written down by"] and row["Agreed"] and "Version 1 of BID-" in row["Judged on"] for row in agreed)
    assert sum(bool(row.get("Replaced")) for row in agreed) == sum(row["Panel"] == "Local panel" for row in agreed) // 2


def test_a_document_answers_for_the_evaluation(troubled: Evaluation) -> None:
    """Method with its hash, people, interests and what came of them, meetings, marks before and after."""
    said = words_of(made(troubled.itt, Edition.PDF))
    itt = troubled.itt
    leaver = next(seat for seat in troubled.seats["local"] if seat.member.role is MemberRole.MEMBER)
    assert itt.method_hash is not None
    for expected in (
        itt.method_hash,
        leaver.user.display_name,
        "Stepped back from the whole procurement at once.",
        "My sister works there.",
        MEETING,
        AGREED_REASON,
        REASON,
        "Agreed before: 5",
        "Agreed: 4",
        "Star 2, young person",
    ):
        assert expected in said, expected


def test_a_result_stands_in_it_with_its_working(db_session: object) -> None:
    """Ranking with totals, every price with its working, the hash of the inputs, and how firm each check is."""
    itt = moderated_evaluation(3).itt
    said = words_of(made(itt, Edition.PDF))
    for expected in ("the ranking", "price in pounds", "Hash of the inputs", "percentage points", "The say of"):
        assert expected in said, expected


def test_what_is_published_gives_nobody_away(db_session: object) -> None:
    """No person, no losing bidder, none of their prices, and no member's own words."""
    award = standing_award(n_bids=3)
    itt = award.itt
    whole, public = words_of(made(itt, Edition.PDF)), words_of(made(itt, Edition.PUBLIC_PDF))
    ranking = sheet(made(itt, Edition.XLSX), "Ranking")
    losers = [row for row in ranking if row["State"] != "Awarded"]
    people = [row["Name"] for row in sheet(made(itt, Edition.XLSX), "Panels")]
    secrets = [*people, *(row["Bidder"] for row in losers), REASON, MEETING]
    assert len(losers) == 2
    assert people
    for secret in secrets:
        assert secret in whole
        assert secret not in public, secret
    for row in losers:
        assert f"£{int(float(row['Price'])):,}" not in public
    assert award.decision.awarded_to in public
    assert AGREED_REASON in public


def test_a_workbook_hides_nothing(db_session: object) -> None:
    """What begins like a formula is text; no sheet, row or column is hidden, and nobody is named as author."""
    evaluation = moderating_itt(2)
    formula = "=SUM(A1:A9) is what the answer adds up to."
    for key in KEYS:
        agree_all(evaluation, key)
        seat, bid = evaluation.moderator(key), evaluation.bids()[0]
        leaf = leaves_for(seat.work, bid)[0]
        agree_score(
            work=seat.work,
            bid_id=bid.bid_id,
            criterion=leaf.key,
            score="5",
            reason=formula,
            **WHY_NOT,
            actor=seat.actor,
            now=clock.now(),
        )
        consent_all(seat.work)
        close(evaluation, key)
    db.session.refresh(evaluation.itt)
    content = made(evaluation.itt, Edition.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        written = {name: parts.read(name).decode() for name in parts.namelist()}
    assert formula in {row["Reason"] for row in sheet(content, "Agreed marks")}
    sheets = [part for name, part in written.items() if name.startswith("xl/worksheets")]
    assert len(sheets) == 11
    order = [(row["Name"], row["Place"]) for row in sheet(content, "Order of reading")]
    assert sorted(order) == sorted(
        (seat.member.alias, place) for key in KEYS for seat in evaluation.scorers(key) for place in ("1", "2")
    )
    assert not any("<f>" in part or "hidden" in part for part in sheets)
    assert 'state="hidden"' not in written["xl/workbook.xml"]
    assert not [name for name in written if "docProps" in name]


def test_who_carried_a_mark_is_in_it(db_session: object) -> None:
    """Consents and dissents stand beside the mark, in words that others may read."""
    evaluation = moderating_itt(2)
    for key in KEYS:
        agree_all(evaluation, key)
    member = next(seat for seat in evaluation.seats["local"] if seat.member.role is MemberRole.MEMBER)
    young = evaluation.scorers("young-people")[0]
    for seat, words in ((member, "I saw it otherwise."), (young, "Ring me on 07700 900123, please.")):
        agreed = next(iter(agreed_scores(seat.panel.id).values()))
        dissent_from(work=seat.work, agreed_id=agreed.id, words=words, actor=seat.actor, now=clock.now())
    for key in KEYS:
        close(evaluation, key)
    db.session.refresh(evaluation.itt)
    rows = sheet(made(evaluation.itt, Edition.XLSX), "Agreed marks")
    dissents = [row["Did not agree"] for row in rows if row.get("Did not agree")]
    assert len(dissents) == 2
    assert any(member.member.alias in said and "I saw it otherwise." in said for said in dissents)
    assert any(young.member.alias in said for said in dissents)
    assert "07700" not in repr(rows)
    assert all("Star" in row["Consented"] for row in rows if row["Panel"] == "Young people’s panel")
    assert all(row["Stands since"] for row in rows)


def test_held_words_leave_by_no_report(db_session: object) -> None:
    """What a young person wrote and nobody has released stands in no edition; that it is held does."""
    evaluation = scoring_itt(2)
    secret = "Ring me on 07700 900123, please."
    for key in KEYS:
        for seat in evaluation.scorers(key):
            score_all(evaluation, seat, submit=False)
    young = evaluation.scorers("young-people")[0]
    bid = evaluation.bids()[0]
    entries = {leaf.key: Entry("3", secret) for leaf in leaves_for(young.work, bid)}
    save_scores(work=young.work, bid_id=bid.bid_id, entries=entries, actor=young.actor, now=clock.now())
    for key in KEYS:
        for seat in evaluation.scorers(key):
            submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now(), same_words=True)
        start(evaluation, key)
        agree_all(evaluation, key)
        close(evaluation, key)
    db.session.refresh(evaluation.itt)
    rows = sheet(made(evaluation.itt, Edition.XLSX), "Members’ marks")
    held = [row["Reason"] for row in rows if row["Member"] == young.member.alias and row["Mark"] == "3"]
    assert "07700" not in repr(rows)
    assert len(set(held)) == 1
    assert held[0] != REASON
    assert "07700" not in words_of(made(evaluation.itt, Edition.PDF))


def test_each_taking_is_noted(db_session: object) -> None:
    """The ledger says who took which edition, and the hash of that file."""
    itt = moderated_evaluation(2).itt
    actor = auditor_of(itt)
    make_report(itt=itt, edition=Edition.XLSX, actor=actor, now=clock.now())
    noted = db.session.scalars(select(Event).where(Event.kind == EventKind.EVALUATION_REPORT_TAKEN.value)).one()
    assert (noted.actor_id, noted.object_id, noted.data["edition"]) == (actor.user_id, itt.id, "xlsx")
    assert len(noted.data["sha256"]) == 64


def test_more_bids_cost_no_more_statements(
    db_session: object, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The whole report, document or workbook, is read in as many statements for four bids as for two."""
    taken = {}
    for edition in (Edition.PDF, Edition.XLSX):
        for bids in (2, 4):
            itt = moderated_evaluation(bids).itt
            actor = auditor_of(itt)
            db.session.expire_all()
            with count_statements() as statements:
                made(itt, edition, actor)
            taken[edition, bids] = len(statements)
    assert taken[Edition.PDF, 2] == taken[Edition.PDF, 4]
    assert taken[Edition.XLSX, 2] == taken[Edition.XLSX, 4]
