"""The story of the tender box: an invitation that a newcomer writes from nothing, asked about, changed and answered.

A locality partnership buys early help (the Essex example) in two lots, with a price schedule and three panels of which
the young people's gives 40 of the 100 marks. Beside it one invitation is cancelled and one ends without an award.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from portal.core.workbooks import read_workbook
from portal.tendering.naming import new_key
from tests.factories.files import fill_workbook
from tests.journeys.cast import Cast
from tests.journeys.people import Person, sees
from tests.journeys.story import LONDON, be_approved, day_fields, declare_and_assess, wait_for

AUTHORITY = "Demo Essex Partnership"
TITLE = "Early help in Demo Essex"
CANCELLED = "Youth theatre in Demo Essex"
UNANSWERED = "Night support in Demo Essex"
LOTS = {"Demo Tendring": "240,000", "Demo Colchester": "300,000"}
PANELS = {"Local panel": "local", "Young people’s panel": "young_people", "Parents’ panel": "parents"}
POINTS = ("No answer", "Weak", "Good", "Excellent")
CRITERIA = {
    "safe-and-effective": ("30", "local-panel", "How safely and how well it would be run.", ""),
    "our-voice": ("40", "young-peoples-panel", "How young people help to run it.", "Will they listen to us?"),
    "support-for-parents": ("10", "parents-panel", "How parents and carers get help early.", ""),
}
QUESTIONS = {
    "safe-and-effective": "How will you keep children and young people safe?",
    "our-voice": "How will young people help to run the service?",
    "support-for-parents": "How will you support parents and carers?",
}
INSURED = "Are you insured?"
CANARY = "the heron stands in the reeds"
ROWS = "Family worker,day,220\nGroup session,session,40\nGetting started,sum,1,once"
RATES = [(200, 210), (150, 160.5), (5000,)]
PRICE = "£107,620"
"""220 days at 200 and 210, 40 sessions at 150 and 160.50, and the start."""
ASKED = {"Is there a building?": "There is none: bidders name theirs.", "Does TUPE apply?": "It applies to nobody."}
WHY_MORE = "Bidders asked for more time to find a building."
WHY_CANCELLED = "The grant for it has been withdrawn."
WHY_NOBODY = "Nobody answered. We ask again in the spring, with other hours."


class TenderStory:
    """The story's state: who is who, and the references of invitations and bids."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.specification = folder / "specification.txt"
        self.specification.write_text("One door for every family, open on weekday evenings too.\n")
        self.more = folder / "buildings.txt"
        self.more.write_text("Buildings of the partnership that can be hired by the hour.\n")
        self.workbook = folder / "bid.xlsx"
        self.references: dict[str, str] = {}
        self.bids: dict[tuple[str, str], str] = {}

    def tell(self) -> None:
        """From an empty draft to the opened bids."""
        self.people()
        self.written_from_nothing()
        self.two_more_are_copied()
        self.anybody_reads_it()
        self.alder_bids_on_a_phone()
        self.questions_are_answered()
        self.more_time_is_given()
        self.birch_bids_for_both_lots()
        self.another_is_cancelled()
        self.opened()
        self.the_third_ends_without_an_award()

    def people(self) -> None:
        """A council's officers, one of whom is new, and two providers."""
        first, second = self.cast.administrators(AUTHORITY)
        self.newcomer = self.cast.colleague(first, "Demo Newcomer", "commissioner", confirmed_by=second)
        self.approver = self.cast.colleague(first, "Demo Approver", "approver", confirmed_by=second)
        self.openers = [
            self.cast.colleague(first, f"Demo Opener {number}", "opener", confirmed_by=second)
            for number in ("One", "Two")
        ]
        self.alder = self.cast.provider("Demo Alder", "99000011")
        self.birch = self.cast.provider("Demo Birch", "99000012")
        self.visitor = self.cast.seat()

    def written_from_nothing(self) -> None:
        """The newcomer goes through the task list of an empty draft from its top, and a second person approves it."""
        person = self.newcomer.person
        person.visit("/commissioning/itts/new")
        person.press("Start", title=TITLE, start="empty")
        self.references[TITLE] = _reference(person)
        sees(person, "tasks are left to do before you can publish")
        self._write_service(person)
        self._write_method(person)
        self._write_questions(person)
        self._publish(person, TITLE, "012345-2026")

    def _write_service(self, person: Person) -> None:
        person.follow("About the service")
        described = "Help early, before problems grow. Young people give 40 of the 100 marks."
        person.press("Save", description=described, cpv_codes="85311300")
        (first, value), (second, second_value) = LOTS.items()
        person.follow("Lots")
        person.follow("Change lot 1")
        person.press("Save", title=first, description=f"Families in {first}.")
        person.follow("Add a lot")
        person.press("Save", title=second, description=f"Families in {second}.", estimated_value=second_value)
        sees(person, "Say what each lot is worth")
        person.follow("Change lot 1")
        person.press("Save", estimated_value=value)
        person.press("Save and go back")
        person.follow("Value, length and break points")
        person.press("Save", term_months="30", break_months="12, 18")

    def _write_method(self, person: Person) -> None:
        self._at(person, TITLE, "Panels")
        for name, kind in PANELS.items():
            person.follow("Add a panel")
            person.press("Save", name=name, kind=kind)
        self._at(person, TITLE, "Scales and what the points mean")
        person.follow("Add a scale")
        person.press("Save and say what the points mean", maximum="3")
        labels = {f"point-{points}-label": label for points, label in enumerate(POINTS)}
        meant = {f"point-{points}-descriptor": f"{label}: all of us agreed." for points, label in enumerate(POINTS)}
        person.press("Save", **labels, **meant)
        self._at(person, TITLE, "Award criteria and their weights")
        for key, (_, _, guidance, plain) in CRITERIA.items():
            person.follow("Add a criterion")
            title = key.replace("-", " ").capitalize()
            person.press("Save", title=title, guidance=guidance, plain_title=plain, scale="0-3")
        self._at(person, TITLE, "Price formula")
        person.press("Save", formula="lowest_relative")
        weights = {f"weight-{key}": weight for key, (weight, _, _, _) in CRITERIA.items()}
        person.press("Save the weights", **{**weights, "weight-price": "10"})
        sees(person, "There is a problem")
        person.press("Save the weights", **{**weights, "weight-price": "20"})
        self._at(person, TITLE, "Which panel scores what")
        shares = {f"share-{key}-{panel}": "100" for key, (_, panel, _, _) in CRITERIA.items()}
        person.press("Save the shares", **shares)
        person.follow("Tie-break")
        person.press("Save", tie_break="our-voice", then="lowest_price")

    def _write_questions(self, person: Person) -> None:
        self._at(person, TITLE, "Documents")
        what = {"kind": "specification", "title": "What the service has to do"}
        person.press("Add the documents", files=self.specification, **what)
        self._at(person, TITLE, "Questions and price schedule")
        for key, prompt in QUESTIONS.items():
            _ask(person, "text", prompt=prompt, word_limit="200", criterion=key)
        _ask(person, "yes_no", prompt=INSURED, passes="yes", criterion="")
        _ask(person, "price_schedule", prompt="Your rates", years="2", vat="0", rows="Family worker,day")
        sees(person, "There is a problem", "Row 1")
        person.press("Save", rows=ROWS)
        sees(person, "A rate for each of 3 rows, for 2 years")

    def two_more_are_copied(self) -> None:
        """What is written once is copied for the other two, with dates, approval and notice of their own."""
        person = self.newcomer.person
        for title, number in ((CANCELLED, "012346-2026"), (UNANSWERED, "012347-2026")):
            person.visit("/commissioning/itts/new")
            person.press("Start", title=title, start="copy", source=self.references[TITLE])
            self.references[title] = _reference(person)
            self._publish(person, title, number)

    def _publish(self, person: Person, title: str, number: str) -> None:
        """Dates, groundwork, notice; then the approver; then the newcomer."""
        draft = f"/commissioning/itts/{self.references[title]}/draft"
        self._at(person, title, "Timetable")
        self.closes_at = self._in_days(28)
        person.press(
            "Save", closes_time="noon", questions_end_time="noon",
            **day_fields("closes", self.closes_at), **day_fields("questions_end", self._in_days(14)),
            **day_fields("answers_by_date", self._in_days(18)), **day_fields("award_date", self._in_days(60)),
            **day_fields("contract_start_date", self._in_days(120)),
        )  # fmt: skip
        asked = "We asked twelve families and two charities."
        for subject in ("equality", "consultation"):
            person.visit(f"{draft}/{subject}")
            person.press("Save", outcome="done", words=asked, **day_fields("on_date", self.cast.clock.now()))
        person.visit(f"{draft}/small-providers")
        person.press("Save", words=asked)
        person.visit(f"{draft}/publication")
        person.press("Save", publication_basis="central_reference", central_reference=number)
        declare_and_assess(person, self.references[title])
        be_approved(person, self.approver, self.references[title])
        self._at(person, title, "Check and publish")
        sees(person, title, *LOTS, *PANELS, *QUESTIONS.values(), "Young people’s panel: 40 per cent.")
        self.newcomer.press("Publish")
        sees(person, title, "Open for bids")

    def anybody_reads_it(self) -> None:
        """Without signing in anybody reads lots, panels, schedule and document."""
        self.visitor.visit(f"/opportunities/{self.references[TITLE]}")
        sees(self.visitor, *LOTS, *PANELS, "What the service has to do", "220 day", "£540,000")

    def alder_bids_on_a_phone(self) -> None:
        """A provider answers for one lot in the spreadsheet that was made for it, on a phone."""
        person = self.alder.person
        person.use_a_phone()
        self._start(person, "Demo Alder", ["1"])
        person.follow("Answer in a spreadsheet instead")
        sheets = read_workbook(person.take("Download the spreadsheet"))
        asked = {row[1]: row[0] for row in sheets["Questions"] if 0 in row}
        answers = {asked[prompt]: _answer("Demo Alder", "1") for prompt in QUESTIONS.values()}
        answers[asked[INSURED]] = "Yes"
        self.workbook.write_bytes(fill_workbook(sheets, answers, RATES))
        person.press("Upload and compare", file=self.workbook)
        sees(person, _answer("Demo Alder", "1"))
        person.press("Put this into my draft")
        self._submit(person, PRICE)

    def questions_are_answered(self) -> None:
        """Two providers ask; the newcomer, who is not told who, answers both at once, for everybody."""
        reference = self.references[TITLE]
        for account, words in zip((self.alder, self.birch), ASKED, strict=True):
            account.person.visit(f"/opportunities/{reference}/answers")
            account.person.follow("Ask a question")
            account.person.press("Send the question", words=words)
            sees(account.person, "Not answered yet", words)
        person = self.newcomer.person
        for left in (2, 1):
            person.visit(f"/commissioning/itts/{reference}/questions")
            assert not person.has("Demo Alder")
            person.follow("Answer QST-")
            words = next(words for words in ASKED if person.has(words))
            person.press("Save the answer", answer=ASKED[words])
            sees(person, f"Not published yet: {3 - left} answer")
        person.press("Publish 2 answers")
        self.visitor.visit(f"/opportunities/{reference}/answers")
        sees(self.visitor, *ASKED, *ASKED.values())
        for account in (self.alder, self.birch):
            wait_for(account.person, "/account/inbox", TITLE)
            account.person.visit(f"/opportunities/{reference}/answers")
            sees(account.person, *ASKED.values())

    def more_time_is_given(self) -> None:
        """One addendum extends the closing time and adds a document; what was submitted stays submitted."""
        reference, person = self.references[TITLE], self.newcomer.person
        person.visit(f"/commissioning/itts/{reference}/changes/propose")
        said = {"words": "There is more time.", "reason": WHY_MORE}
        person.press("Propose the change", **said, **day_fields("closes", self.closes_at - timedelta(days=3)))
        sees(person, "There is a problem")
        self.closes_at = self.closes_at + timedelta(days=7)
        person.press("Propose the change", **day_fields("closes", self.closes_at), added=self.more)
        sees(person, WHY_MORE)
        page, second = person.path, self.approver
        second.person.visit(page)
        second.press("Record", verdict="publish", note="I compared the dates with the law.")
        self.visitor.visit(f"/opportunities/{reference}")
        sees(self.visitor, WHY_MORE, "buildings.txt", f"{self.closes_at.day} {self.closes_at:%B %Y}")
        self.alder.person.visit(self.bids["Demo Alder", "1"])
        sees(self.alder.person, "Submitted")

    def birch_bids_for_both_lots(self) -> None:
        """Another writes two bids at a laptop: answers on the pages, rates by lot, and each is submitted by itself."""
        person = self.birch.person
        self._start(person, "Demo Birch", ["1", "2"])
        for lot in ("1", "2"):
            person.visit(self.bids["Demo Birch", lot])
            for key, prompt in QUESTIONS.items():
                person.follow(key.replace("-", " ").capitalize())
                person.press("Save", **{f"answers-{new_key(prompt, ())}": _answer("Demo Birch", lot)})
            person.follow("General questions")
            person.press("Save", **{"answers-are-you-insured": "yes"})
            person.follow("Price")
            rates = {
                f"answers-your-rates.{row}.{year}": str(rate + int(lot))
                for row, of_row in enumerate(RATES, 1)
                for year, rate in enumerate(of_row, 1)
            }
            person.press("Save", **rates)
            self._submit(person, "£")

    def another_is_cancelled(self) -> None:
        """Two people cancel an open one; its page tells everybody why, and it takes no bids any more."""
        person = self._end(CANCELLED, "cancel", WHY_CANCELLED)
        sees(person, WHY_CANCELLED)
        self.visitor.visit(f"/opportunities/{self.references[CANCELLED]}")
        sees(self.visitor, "Cancelled", WHY_CANCELLED)
        assert not self.visitor.has("ask a question")
        self.birch.person.visit(f"/provider/bids/start/{self.references[CANCELLED]}")
        assert not self.birch.person.has("Which lots do you want to bid for?")

    def opened(self) -> None:
        """After the later closing time two people open: what every last receipt says is there, and no more."""
        self.cast.clock.move_to(self.closes_at + timedelta(seconds=1))
        for title in (TITLE, UNANSWERED):
            for account in self.openers:
                account.sign_in()
                account.person.visit(f"/commissioning/itts/{self.references[title]}/opening")
                account.press("pen the bids")
        self.newcomer.sign_in()
        self.newcomer.person.visit(f"/commissioning/itts/{self.references[TITLE]}/opening")
        sees(self.newcomer.person, "3 of 3 bids opened and matched their seal")
        for (name, lot), bid in self.bids.items():
            sees(self.newcomer.person, f"{name} {bid.rpartition('/')[2]} {lot}. ")

    def the_third_ends_without_an_award(self) -> None:
        """Nobody answered: two people end each lot, with a reason that everybody can read."""
        self.approver.sign_in()
        for lot in ("1", "2"):
            self._end(UNANSWERED, lot, WHY_NOBODY)
        self.visitor.visit(f"/opportunities/{self.references[UNANSWERED]}")
        sees(self.visitor, "without an award", WHY_NOBODY)

    def _end(self, title: str, what: str, reason: str) -> Person:
        ending = f"/commissioning/itts/{self.references[title]}/ending"
        person, second = self.newcomer.person, self.approver
        person.visit(ending)
        self.newcomer.press("Send to an approver", what=what, reason=reason)
        second.person.visit(ending)
        second.person.follow("Decide")
        second.press("Record my decision", verdict="end", note="I read why, and it is so.")
        return second.person

    def _start(self, person: Person, name: str, lots: list[str]) -> None:
        person.visit(f"/opportunities/{self.references[TITLE]}")
        person.follow("Choose your lots")
        person.press("Start", lots=lots)
        found = dict.fromkeys(re.findall(r"/provider/bids/(BID-[0-9A-Z]{8})\b", person.html))
        self.bids |= {(name, lot): f"/provider/bids/{bid}" for lot, bid in zip(lots, found, strict=True)}

    def _submit(self, person: Person, price: str) -> None:
        person.follow("Check your answers and submit")
        sees(person, price)
        person.press("Submit")
        sees(person, "SHA-256", "UTC")

    def _at(self, person: Person, title: str, task: str) -> None:
        """From the task list of a draft to one of its tasks."""
        person.visit(f"/commissioning/itts/{self.references[title]}/draft")
        person.follow(task)

    def _in_days(self, days: int) -> datetime:
        """Noon, so many days from now."""
        day = self.cast.clock.now().astimezone(LONDON) + timedelta(days=days)
        return day.replace(hour=12, minute=0, second=0, microsecond=0)


def _ask(person: Person, kind: str, **settings: str) -> None:
    """One question more: its kind, then what the kind needs."""
    person.follow("Add a question")
    person.press("Continue", kind=kind)
    person.press("Save", **settings)


def _answer(name: str, lot: str) -> str:
    return f"{name} answers for lot {lot}: {CANARY}."


def _reference(person: Person) -> str:
    found = re.search(r"ITT-[0-9A-Z]{8}", person.path)
    assert found is not None, person.path
    return found[0]
