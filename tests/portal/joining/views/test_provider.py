"""The provider's pages of joining, over HTTP."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.core.words import london, london_date
from portal.extensions import db
from portal.frameworks.standard_questions import standard_questionnaire
from portal.joining.answering import answers_of
from portal.joining.forms.applying import ONE_LINE
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion, Evidence
from portal.joining.states import ApplicationStatus, Outcome
from portal.joining.withdrawing import withdraw_application
from portal.regulation.kinds import FrameworkKind, Regime
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.files import make_pdf
from tests.factories.frameworks import admit, live_framework
from tests.factories.joining import (
    CERTIFICATE,
    applicant_of,
    complete_application,
    draft_application,
    fill_application,
    make_evidence,
    save,
    sent_application,
    store,
    submit,
)
from tests.filling import errors_of, fields_of, fill, press, text_of
from tests.pages import read

Counter = Callable[[], AbstractContextManager[list[str]]]
NewClient = Callable[[], CheckedClient]


def person_of(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def home(application: Application) -> str:
    return f"/provider/applications/{application.reference}"


def part(application: Application, section: str) -> str:
    return f"{home(application)}/questions/{section}"


def banner_of(html: str) -> str:
    found = BeautifulSoup(html, "html.parser").select_one(".fl-banner__title")
    return found.get_text(strip=True) if found else ""


def refuse(application: Application, actor: Actor, **findings: str) -> None:
    """As two officers would: who they are does not matter to the provider's pages."""
    officers = [make_person(Role.COMMISSIONER, authority=application.framework.authority).id for _ in range(2)]
    db.session.add(
        ApplicationDecision(
            application_id=application.id,
            version=application.version,
            outcome=Outcome.REFUSED,
            findings=[{"question": key, "title": key, "reason": reason} for key, reason in findings.items()],
            proposed_by_id=officers[0],
            proposed_at=clock.now(),
            decided_by_id=officers[1],
            decided_at=clock.now(),
        )
    )
    application.status = ApplicationStatus.REFUSED
    db.session.flush()


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.fixture
def signed_in(client: CheckedClient, actor: Actor) -> CheckedClient:
    sign_in(client, person_of(actor))
    return client


def test_a_provider_walks_from_the_lots_to_the_confirmation(signed_in: CheckedClient) -> None:
    """Tick two lots, answer, give a document with its day, check, send: each page leads on."""
    framework = live_framework(lots=2)
    begin = f"/provider/applications/start/{framework.reference}"
    page = text_of(signed_in.get(begin))
    assert "Reasons to exclude: 1 question" in page
    assert "Conditions: 1 question, with 1 document" in page
    assert fill(signed_in, begin, {"lots": ["1", "2"]}).location == "/provider/applications"
    first = db.session.scalars(select(Application).join(Application.lot).order_by(Application.reference)).all()[0]
    here = home(first)
    assert banner_of(signed_in.get(here).get_data(as_text=True)) == "Not sent yet: your application"
    assert fill(signed_in, part(first, "about"), {"answers-contact": "Demo Person"}).location == here
    assert fill(signed_in, part(first, "exclusion"), {"answers-convicted": "no"}).location == here
    day = clock.today() + timedelta(days=200)
    typed = {
        "file-insurance": (io.BytesIO(CERTIFICATE), "cover.txt"),
        "expires-insurance-day": str(day.day),
        "expires-insurance-month": str(day.month),
        "expires-insurance-year": str(day.year),
    }
    if first.lot.number == 2:
        typed["answers-registered"] = "yes"
    assert fill(signed_in, part(first, "conditions"), typed).location == here
    assert db.session.scalars(select(Evidence)).one().expires_on == day
    done = press(signed_in, f"{here}/check", f"{here}/send")
    assert done.location == f"{here}/receipt/1"
    version = db.session.scalars(select(ApplicationVersion)).one()
    assert {answer["reused"] for answer in version.answers.values()} == {False}
    page = text_of(signed_in.get(done.location))
    assert london(version.received_at) in page
    assert re.search(r"\d:\d\d:\d\d(am|pm) on", page), "to the second"
    assert f"decides by the end of {london_date(first.due_on)}" in page
    assert version.content_hash in page.replace(" ", "")
    assert "cover.txt" in text_of(signed_in.get(f"{here}/sent/1"))
    assert banner_of(signed_in.get(here).get_data(as_text=True)).startswith("Sent on ")


def test_what_is_known_is_told_at_the_start(signed_in: CheckedClient, actor: Actor) -> None:
    """The questions that the organisation has answered before, by their words."""
    complete_application(actor=actor)
    other = live_framework()
    page = text_of(signed_in.get(f"/provider/applications/start/{other.reference}"))
    assert "2 of these are answered by what your organisation has said before" in page
    assert "Your public liability insurance certificate" in page


def test_a_lot_that_is_taken_is_not_offered(signed_in: CheckedClient, actor: Actor) -> None:
    """A member's, and one with an open application, with the way to it; the third can be ticked."""
    framework = live_framework(lots=3)
    application = draft_application(framework, actor=actor)
    admit(framework.lots[1], application.provider)
    begin = f"/provider/applications/start/{framework.reference}"
    page = signed_in.get(begin)
    assert "You are on lot 2, Lot title 2, already." in text_of(page)
    assert f"go on with {application.reference}" in text_of(page)
    assert fields_of(page)["lots"] == ["3"]
    assert errors_of(fill(signed_in, begin, {"lots": []})) == ["Tick at least one lot."]
    refused = fill(signed_in, begin, {"lots": ["1"]})
    assert errors_of(refused) == ["One of these lots cannot be joined any more. Look at the list again."]


def test_two_windows_of_the_same_page_start_one_application(signed_in: CheckedClient, actor: Actor) -> None:
    """The second is told where the first is, with the section, and starts nothing."""
    framework = live_framework(lots=2)
    begin = f"/provider/applications/start/{framework.reference}"
    held = fields_of(signed_in.get(begin)) | {"lots": ["1", "2"]}
    draft_application(framework, actor=actor, lot=2)
    assert signed_in.post(begin, data=held).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1


def test_nothing_can_be_started_after_the_end(signed_in: CheckedClient) -> None:
    """The page says why with the section, and offers no button; the address refuses as well."""
    ended = live_framework(kind=FrameworkKind.DPS, valid_for=timedelta(seconds=-5))
    begin = f"/provider/applications/start/{ended.reference}"
    page = signed_in.get(begin)
    assert "PCR2015 reg 34(13), (15); SI 2024/716 reg 5(4)(b)" in text_of(page)
    assert "Start" not in [button.get_text(strip=True) for button in BeautifulSoup(page.data, "html.parser")("button")]
    held = fields_of(signed_in.get("/provider/profile"), action="/sign-out")
    refused = signed_in.post(begin, data=held | {"lots": ["1"]})
    assert (refused.status_code, db.session.scalar(select(func.count()).select_from(Application))) == (409, 0)


def test_a_name_or_an_address_is_asked_for_in_one_line(signed_in: CheckedClient, actor: Actor) -> None:
    """With what a browser may fill in; lines that somebody typed into the box of before are not run together."""
    application = draft_application(actor=actor)
    for held, drawn in (("Demo Person", "input"), ("Demo Person\nDemo Other", "textarea")):
        save(application, actor, {"contact": held})
        page = read(signed_in.get(part(application, "about")).get_data(as_text=True))
        box = page.find(id="answers-contact")
        assert (box.name, box.get("autocomplete")) == (drawn, "name" if drawn == "input" else None)
    sections = standard_questionnaire(Regime.PCR2015).sections
    assert ONE_LINE.keys() <= {question.profile for section in sections for question in section.questions}
    assert ONE_LINE["contact_email"]["type"] == "email"


def test_answers_open_further_questions_without_javascript(signed_in: CheckedClient, actor: Actor) -> None:
    """After "yes" the page comes back with what is asked because of it, and why the answer would be refused."""
    application = draft_application(actor=actor)
    address = part(application, "exclusion")
    assert "answers-put_right" not in fields_of(signed_in.get(address))
    done = fill(signed_in, address, {"answers-convicted": "yes"})
    assert done.location == f"{address}#q-put_right"
    page = signed_in.get(address)
    assert "Because of your answers there is one more question here." in page.get_data(as_text=True)
    assert "This answer would be refused because the published rule asks for “No” (PA2023 Sch 6)." in text_of(page)
    assert fill(signed_in, address, {"answers-put_right": "We paid it back."}).location == home(application)
    assert fill(signed_in, address, {"answers-convicted": "no"}).location == home(application)
    assert "answers-put_right" not in fields_of(signed_in.get(address))


def test_everything_is_saved_before_anything_is_refused(signed_in: CheckedClient, actor: Actor) -> None:
    """A wrong file and a date that is none: named beside their fields; the other answers of the page are kept."""
    application = draft_application(live_framework(lots=2), actor=actor, lot=2)
    address = part(application, "conditions")
    refused = fill(
        signed_in,
        address,
        {
            "answers-registered": "yes",
            "file-insurance": (io.BytesIO(b"MZ"), "virus.exe"),
            "expires-insurance-day": "31",
            "expires-insurance-month": "2",
            "expires-insurance-year": "2027",
        },
    )
    assert refused.status_code == 422
    assert [message[:40] for message in errors_of(refused)] == [
        "virus.exe is of a type that cannot be us",
        "The date must be a real one, such as 4 1",
    ]
    assert fields_of(refused)["expires-insurance-day"] == "31"
    assert answers_of(application).value("registered") == "yes"


@pytest.mark.parametrize(
    ("day", "reason"), [("31 2 2099", "The date must be a real one"), ("31 3 2020", "That day has passed")]
)
def test_a_file_that_is_refused_for_its_day_is_not_kept(
    signed_in: CheckedClient, actor: Actor, day: str, reason: str
) -> None:
    """A document and its day are kept together or not at all; the page says to choose the file again."""
    application = draft_application(live_framework(lots=2), actor=actor, lot=2)
    address = part(application, "conditions")
    boxes = dict(zip(("day", "month", "year"), day.split(), strict=True))
    typed = {f"expires-insurance-{box}": number for box, number in boxes.items()}
    cover = {"file-insurance": (io.BytesIO(make_pdf(user_password="")), "cover.pdf")}
    before = list(store().identifiers())
    refused = fill(signed_in, address, typed | cover | {"answers-registered": "yes"})
    assert refused.status_code == 422
    assert [message for message in errors_of(refused) if not message.startswith(reason)] == [
        "cover.pdf was not kept, because something else was refused. Choose it again."
    ]
    assert len(errors_of(refused)) == 2
    assert db.session.scalars(select(Evidence)).all() == []
    assert list(store().identifiers()) == before
    assert answers_of(application).value("registered") == "yes"
    held = fields_of(refused)
    assert {name: held[name] for name in typed} == typed
    cover = {"file-insurance": (io.BytesIO(make_pdf(user_password="")), "cover.pdf")}
    again = signed_in.post(
        address, data=held | {"expires-insurance-month": "3", "expires-insurance-year": "2099"} | cover
    )
    assert again.location == home(application)
    assert [(kept.file_name, str(kept.expires_on)) for kept in db.session.scalars(select(Evidence))] == [
        ("cover.pdf", "2099-03-31")
    ]


def test_a_colleagues_change_is_shown_and_nothing_typed_is_lost(signed_in: CheckedClient, actor: Actor) -> None:
    """Theirs stays until somebody who has read both texts chooses; pressing again alone overwrites nothing."""
    application = draft_application(actor=actor)
    save(application, actor, {"convicted": "yes"})
    address = part(application, "exclusion")
    stale = fields_of(signed_in.get(address))
    save(application, applicant_of(application.provider), {"put_right": "Theirs"})
    refused = signed_in.post(address, data=stale | {"answers-put_right": "Mine"})
    assert refused.status_code == 409
    assert "Choose which text to keep" in errors_of(refused)[0]
    assert fields_of(refused)["answers-put_right"] == "Mine\n\nTheirs"
    assert "Your text Mine" in text_of(refused)
    again = signed_in.post(address, data=fields_of(refused))
    assert again.status_code == 409
    assert answers_of(application).value("put_right") == "Theirs"
    assert signed_in.post(address, data=fields_of(again) | {"keep-answers-put_right": "mine"}).status_code == 302
    assert answers_of(application).value("put_right") == "Mine"


def test_what_was_said_before_is_confirmed_one_by_one(signed_in: CheckedClient, actor: Actor) -> None:
    """On the check page; only what is ticked becomes an answer, and only then can it be sent."""
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    save(second, actor, {"convicted": "no"})
    check, confirm = f"{home(second)}/check", f"{home(second)}/confirm"
    page = signed_in.get(check)
    assert "Tick what is still right" in text_of(page)
    assert f"{home(second)}/send" not in page.get_data(as_text=True)
    press(signed_in, check, confirm)
    assert answers_of(second).suggestions.keys() == {"contact", "insurance"}
    press(signed_in, check, confirm, {"confirm-contact": "y"})
    assert answers_of(second).suggestions.keys() == {"insurance"}
    press(signed_in, check, confirm, {"confirm-insurance": "y"})
    assert press(signed_in, check, f"{home(second)}/send").location == f"{home(second)}/receipt/1"
    assert "Said before, and confirmed for this application." in text_of(signed_in.get(f"{home(second)}/sent"))


def test_a_section_confirms_as_well(signed_in: CheckedClient, actor: Actor) -> None:
    """The box beside the question: unticked, it stays a suggestion."""
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    fill(signed_in, part(second, "about"))
    assert "contact" in answers_of(second).suggestions
    fill(signed_in, part(second, "about"), {"confirm-contact": "y"})
    assert "contact" not in answers_of(second).suggestions


def test_pressing_send_twice_gives_one_version_and_the_same_confirmation(
    signed_in: CheckedClient, actor: Actor
) -> None:
    """The same form sent again answers with the same confirmation."""
    application = complete_application(actor=actor)
    address = f"{home(application)}/send"
    held = fields_of(signed_in.get(f"{home(application)}/check"), action=address)
    assert {signed_in.post(address, data=held).location for _ in range(3)} == {f"{home(application)}/receipt/1"}
    assert db.session.scalar(select(func.count()).select_from(ApplicationVersion)) == 1
    assert errors_of(signed_in.post(address, data=held | {"idempotency_key": "no key"})) == [
        "This page is out of date. Reload it and send again."
    ]


def test_what_is_missing_stands_with_its_links(signed_in: CheckedClient, actor: Actor) -> None:
    """Sent from an old page: each gap leads to its question."""
    application = complete_application(actor=actor)
    address = f"{home(application)}/send"
    held = fields_of(signed_in.get(f"{home(application)}/check"), action=address)
    save(application, actor, {"contact": ""})
    refused = signed_in.post(address, data=held | {"revision": str(application.revision)})
    assert refused.status_code == 422
    assert errors_of(refused) == [
        "One thing has to be done before you can submit.",
        "Answer “Who should we talk to?”.",
    ]
    assert f'href="{part(application, "about")}#q-contact"' in refused.get_data(as_text=True)


def test_a_late_one_is_refused_with_the_section_and_on_record(signed_in: CheckedClient, actor: Actor) -> None:
    """The draft stays, and the ledger has the attempt."""
    application = complete_application(live_framework(valid_for=timedelta(seconds=3)), actor=actor)
    address = f"{home(application)}/send"
    held = fields_of(signed_in.get(f"{home(application)}/check"), action=address)
    while clock.database_time() < application.framework.valid_until:
        pass
    refused = signed_in.post(address, data=held)
    assert refused.status_code == 409
    assert "(PA2023 s.36(6))." in errors_of(refused)[0]
    late = db.session.scalars(select(Event).where(Event.kind == "application_refused_late")).one()
    assert (late.object_id, application.status) == (application.id, ApplicationStatus.DRAFT)


def test_after_a_refusal_it_is_put_right_where_it_stands(signed_in: CheckedClient, actor: Actor) -> None:
    """The reason stands beside its question; the same page is sent again as version 2."""
    application = sent_application(actor=actor)
    refuse(application, actor, insurance="The certificate covers another organisation.")
    page = signed_in.get(home(application))
    assert banner_of(page.get_data(as_text=True)) == "Not admitted yet"
    assert "Put this right" in text_of(page)
    assert "Nothing changed yet" in text_of(page)
    assert "You have changed nothing yet" in text_of(signed_in.get(f"{home(application)}/check"))
    section = text_of(signed_in.get(part(application, "conditions")))
    assert "Why you were not admitted The certificate covers another organisation." in section
    newer = make_evidence(actor, name="right.txt")
    fill(signed_in, part(application, "conditions"), {"answers-insurance": str(newer.id)})
    check = signed_in.get(f"{home(application)}/check")
    assert "Send version 2" in check.get_data(as_text=True)
    assert "You have changed nothing yet" not in text_of(check)
    assert "Put this right" not in text_of(signed_in.get(home(application)))
    assert press(signed_in, f"{home(application)}/check", f"{home(application)}/send").location.endswith("/receipt/2")
    assert "another organisation" not in text_of(signed_in.get(home(application)))
    assert "A later version counts now." in text_of(signed_in.get(f"{home(application)}/receipt/1"))


def test_the_officers_question_is_answered_and_sent(signed_in: CheckedClient, actor: Actor) -> None:
    """The question, a page for the answer, and both in what was sent."""
    application = sent_application(actor=actor)
    application.status, application.clarification = ApplicationStatus.CLARIFICATION, "Which home is it?"
    db.session.flush()
    assert "Which home is it?" in text_of(signed_in.get(home(application)))
    assert f"{home(application)}/send" not in signed_in.get(f"{home(application)}/check").get_data(as_text=True)
    fill(signed_in, f"{home(application)}/reply", {"reply": "The one in Demotown"})
    assert press(signed_in, f"{home(application)}/check", f"{home(application)}/send").location.endswith("/receipt/2")
    page = text_of(signed_in.get(f"{home(application)}/sent/2"))
    assert "Which home is it? Your answer The one in Demotown" in page
    assert "no open question" in text_of(signed_in.get(f"{home(application)}/reply"))


def test_a_proposed_refusal_does_not_show(signed_in: CheckedClient, actor: Actor) -> None:
    """Until it is decided the provider sees an application that waits."""
    application = sent_application(actor=actor)
    application.status = ApplicationStatus.REFUSAL_PROPOSED
    db.session.flush()
    for address in (home(application), f"{home(application)}/check", part(application, "about")):
        page = signed_in.get(address).get_data(as_text=True)
        assert banner_of(page).startswith("Sent on ")
        assert "refus" not in text_of(signed_in.get(address)).lower()


def test_contributors_write_and_cannot_send(client: CheckedClient, actor: Actor) -> None:
    """They are told who can, and the address refuses."""
    application = complete_application(actor=actor)
    sign_in(client, person_of(applicant_of(application.provider, Role.CONTRIBUTOR)))
    page = client.get(f"{home(application)}/check")
    assert "A colleague has to send it" in text_of(page)
    token = {"csrf_token": fields_of(client.get(part(application, "about")))["csrf_token"]}
    form = token | {"revision": str(application.revision), "idempotency_key": str(uuid.uuid4())}
    assert client.post(f"{home(application)}/send", data=form).status_code == 403
    assert application.status is ApplicationStatus.DRAFT


@pytest.mark.parametrize(
    "page", ["", "/check", "/questions/about", "/reply", "/receipt", "/sent", "/withdraw", "/questions/nothing"]
)
def test_others_find_nothing(client: CheckedClient, actor: Actor, page: str) -> None:
    """Another provider's people get 404 on every page, as for a section that is none."""
    application = sent_application(actor=actor)
    sign_in(client, person_of(actor if page == "/questions/nothing" else applicant_of()))
    assert client.get(f"{home(application)}{page}").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_the_standard_questionnaire_fits_its_pages(signed_in: CheckedClient, actor: Actor, kind: FrameworkKind) -> None:
    """Every section of it can be opened, answered with what opens further questions, and read back."""
    regime = Regime.PCR2015 if kind is FrameworkKind.DPS else Regime.PA2023
    framework = live_framework(kind=kind, questionnaire=standard_questionnaire(regime))
    application = draft_application(framework, actor=actor)
    for section in answers_of(application).sections:
        address = part(application, section.key)
        bad = {
            f"answers-{question.key}": "yes" if question.passes == "no" else question.options()[0][0]
            for question in section.questions
            if question.options()
        }
        assert fill(signed_in, address, bad).status_code == 302
        assert text_of(signed_in.get(address)).count("This answer would be refused because") == sum(
            question.passes == "no" for question in section.questions
        )
    fill_application(application, actor)
    assert press(signed_in, f"{home(application)}/check", f"{home(application)}/send").location.endswith("/receipt/1")
    assert signed_in.get(f"{home(application)}/sent").status_code == 200


def test_it_is_withdrawn_with_a_page_of_its_own(signed_in: CheckedClient, actor: Actor) -> None:
    """What follows is said before, and the list shows it after."""
    application = sent_application(actor=actor)
    assert fill(signed_in, f"{home(application)}/withdraw").location == "/provider/applications"
    assert "Withdrawn" in text_of(signed_in.get("/provider/applications"))
    assert banner_of(signed_in.get(home(application)).get_data(as_text=True)) == "Withdrawn"


def test_every_standing_has_its_page(signed_in: CheckedClient, actor: Actor) -> None:
    """A change that is not sent, and an admission."""
    application = sent_application(actor=actor)
    save(application, actor, {"contact": "Changed"})
    assert banner_of(signed_in.get(home(application)).get_data(as_text=True)) == "Changes not sent yet"
    submit(application, actor)
    application.status = ApplicationStatus.ADMITTED
    db.session.flush()
    assert banner_of(signed_in.get(home(application)).get_data(as_text=True)) == "Admitted"


def test_the_list_takes_the_same_statements_for_one_and_three(
    new_client: NewClient, count_statements: Counter, db_session: object
) -> None:
    """No statement a row; nor a question, on the pages of one application."""
    counted: list[dict[str, int]] = []
    for number in (1, 3):
        actor, client = applicant_of(), new_client()
        framework = live_framework(lots=number)
        made = [sent_application(framework, actor=actor, lot=lot) for lot in range(1, number + 1)]
        withdraw_application(application=made[0], actor=actor)
        sign_in(client, person_of(actor))
        pages = {
            "index": "/provider/applications",
            "start": f"/provider/applications/start/{framework.reference}",
            "show": home(made[-1]),
            "check": f"{home(made[-1])}/check",
        }
        client.get("/provider/applications")
        counts = {}
        for name, address in pages.items():
            with count_statements() as statements:
                assert client.get(address).status_code == 200
            counts[name] = len(statements)
        counted.append(counts)
    assert counted[0] == counted[1]
    assert max(counted[0].values()) <= 12, counted
