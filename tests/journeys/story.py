"""The story of the whole road, told once: from a council's first administrator to a published contract.

A locality partnership commissions early help for children and young people (the Essex example): three panels, the
young people's with 40 of the 100 marks, a term of 30 months with break points after 12 and 18.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.journeys.cast import Account, Cast, code_on
from tests.journeys.people import Person, sees
from tests.journeys.young import PIN, sit

LONDON = ZoneInfo("Europe/London")
AUTHORITY = "Demo Locality Partnership"
TITLE = "Early help in Demo Valley"
QUESTIONS = ("safeguarding", "outcomes", "working-together", "our-voice", "welcome", "parents-view")
PROVIDERS = {
    "Demo Alder": ("99000011", "195,000", 4),
    "Demo Birch": ("99000012", "205,000.50", 5),
    "Demo Cedar": ("99000013", "210000", 3),
}
PANELS = {
    "local": ("safeguarding", "outcomes", "working-together"),
    "young-people": ("our-voice", "welcome"),
    "parents": ("parents-view",),
}
CANARY = "the heron stands in the reeds"
WHY_NOT = {
    "not_higher": "Part of it is told without an example.",
    "not_lower": "All of it is answered in words that can be checked.",
}
AGREED_REASON = "We talked about it, and all of us agreed on this."


class Story:
    """The story's state: who is who, and the procurement's reference."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.policy = folder / "policy.txt"
        self.policy.write_text("Every worker is checked before they start.\n")
        self.reference = ""
        self.bids: dict[str, str] = {}
        self.codes: dict[str, str] = {}

    def tell(self) -> None:
        """From the first sign-in to the contract in the public register."""
        self.people()
        self.draft_and_publish()
        self.everybody_can_read_it()
        self.providers_bid()
        self.nobody_reads_before_the_deadline()
        self.panels_are_appointed()
        self.too_late()
        self.two_people_open()
        self.everybody_scores()
        self.panels_moderate()
        self.result()
        self.check()
        self.conflicts_are_looked_at_again()
        self.award()
        self.award_notice()
        self.standstill()
        self.contract()
        self.details_notice()

    def people(self) -> None:
        """The council's people and the providers get their accounts."""
        cast = self.cast
        first, second = cast.administrators(AUTHORITY)
        self.commissioner = cast.colleague(first, "Demo Commissioner", "commissioner", confirmed_by=second)
        self.approver = cast.colleague(first, "Demo Approver", "approver", confirmed_by=second)
        self.openers = [
            cast.colleague(first, f"Demo Opener {number}", "opener", confirmed_by=second) for number in ("One", "Two")
        ]
        self.lead = cast.colleague(first, "Demo Safeguarding Lead", "safeguarding_lead", confirmed_by=second)
        self.manager = cast.colleague(first, "Demo Manager", "contract_manager")
        self.providers = {name: cast.provider(name, number) for name, (number, _, _) in PROVIDERS.items()}
        self.visitor = cast.seat()

    def draft_and_publish(self) -> None:
        """The commissioner drafts from the ready-made method, sees every weight, and publishes."""
        person = self.commissioner.person
        person.visit("/commissioning/itts/new")
        person.press("Start", title=TITLE, start="three_panels")
        found = re.search(r"ITT-[0-9A-Z]{8}", person.path)
        assert found is not None, person.path
        self.reference = found[0]
        draft = f"/commissioning/itts/{self.reference}/draft"
        self.closes_at = (self.cast.clock.now().astimezone(LONDON) + timedelta(days=20)).replace(
            hour=12, minute=0, second=0, microsecond=0
        )
        person.visit(f"{draft}/value")
        # Above the threshold, so that the law asks for all three notices.
        person.press("Save", estimated_value="700,000")
        person.visit(f"{draft}/timetable")
        decided, starts = self.closes_at + timedelta(days=40), self.closes_at + timedelta(days=90)
        person.press(
            "Save",
            closes_time="noon",
            **day_fields("closes", self.closes_at),
            **day_fields("award_date", decided),
            **day_fields("contract_start_date", starts),
        )
        person.visit(f"{draft}/publication")
        person.press("Save", publication_basis="central_reference", central_reference="012345-2026")
        person.visit(f"{draft}/criteria")
        sees(person, "100")
        person.visit(f"{draft}/lots")
        person.press("Save", no_lots_reason="It is one team for one area.")
        asked = "We asked twelve families and two charities."
        for subject in ("equality", "consultation"):
            person.visit(f"{draft}/{subject}")
            person.press("Save", outcome="done", words=asked, **day_fields("on_date", self.cast.clock.now()))
        person.visit(f"{draft}/small-providers")
        person.press("Save", words=asked)
        declare_and_assess(person, self.reference)
        be_approved(person, self.approver, self.reference)
        person.visit(f"/commissioning/itts/{self.reference}/publish")
        sees(person, TITLE)
        person.press("Publish", **self.commissioner.factor())
        person.visit(f"/commissioning/itts/{self.reference}")
        sees(person, TITLE, "Open for bids")

    def everybody_can_read_it(self) -> None:
        """Without signing in anybody reads the whole method; providers whose alerts match were told."""
        self.visitor.visit("/opportunities")
        sees(self.visitor, TITLE)
        self.visitor.visit(f"/opportunities/{self.reference}")
        sees(self.visitor, TITLE, "30 months", "40", "How will young people help to plan and run the service?")

    def providers_bid(self) -> None:
        """Three providers answer, price, attach, check and submit; one changes its mind and submits again."""
        for name, account in self.providers.items():
            person = account.person
            person.visit("/account/inbox")
            sees(person, f"New opportunity: {TITLE}")
            person.visit(f"/provider/bids/start/{self.reference}")
            person.press("Start the bid")
            self.bids[name] = person.path.rsplit("/", 1)[-1]
            self._write(person, name)
            sees(person, "Not submitted")
            self._submit(account, name)
        birch = self.providers["Demo Birch"]
        birch.person.visit(f"/provider/bids/{self.bids['Demo Birch']}/price")
        birch.person.press("Save", price="204,000")
        birch.person.visit(f"/provider/bids/{self.bids['Demo Birch']}")
        sees(birch.person, "not submitted")
        self._submit(birch, "Demo Birch")

    def _write(self, person: Person, name: str) -> None:
        base = f"/provider/bids/{self.bids[name]}"
        person.visit(f"{base}/answers")
        answers = {f"answers-{key}": f"{name} on {key}: {CANARY}. We do it well." for key in QUESTIONS}
        person.press("Save", **answers)
        person.visit(f"{base}/price")
        person.press("Save", price=PROVIDERS[name][1])
        person.visit(f"{base}/documents")
        person.press("Upload", **{"files-safeguarding-policy": self.policy})
        person.visit(base)

    def _submit(self, account: Account, name: str) -> None:
        account.person.visit(f"/provider/bids/{self.bids[name]}/check")
        sees(account.person, CANARY, "policy.txt")
        account.person.press("Submit")
        sees(account.person, "SHA-256", "UTC")

    def nobody_reads_before_the_deadline(self) -> None:
        """The council's people see neither names nor number of bidders, and cannot open."""
        for account in (self.commissioner, self.openers[0], self.approver):
            for page in ("", "/opening", "/panels"):
                account.person.visit(f"/commissioning/itts/{self.reference}{page}")
                for word in (*PROVIDERS, CANARY, "policy.txt", *self.bids.values()):
                    assert word not in account.person.html, f"{account.person.path} shows {word!r}"
        outsider = self.providers["Demo Alder"].person
        outsider.visit(f"/provider/bids/{self.bids['Demo Birch']}")
        assert CANARY not in outsider.html

    def panels_are_appointed(self) -> None:
        """The commissioner fills three panels; young people have an alias and nothing else."""
        self.panel_ids = {}
        seats = {
            "Local panel": [("chair", "Demo Chair"), ("member", "Demo Professional")],
            "Young people": [("facilitator", "Demo Facilitator"), ("young_member", "Wren"), ("young_member", "Fox")],
            "Parents": [("chair", "Demo Parent One"), ("member", "Demo Parent Two")],
        }
        self.members: dict[str, Account] = {}
        person = self.commissioner.person
        person.visit(f"/commissioning/itts/{self.reference}/panels")
        ids = list(dict.fromkeys(re.findall(r"/panels/([0-9a-f-]{36})/appoint", person.html)))
        for (panel, people), key, panel_id in zip(seats.items(), PANELS, ids, strict=True):
            self.panel_ids[key] = panel_id
            for role, name in people:
                person.visit(f"/commissioning/itts/{self.reference}/panels/{panel_id}/appoint")
                sees(person, panel)
                self._appoint(role, name)
        person.visit(f"/commissioning/itts/{self.reference}/panels/{self.panel_ids['young-people']}/safeguarding")
        person.press("Save", lead=re.findall(r'value="([0-9a-f-]{36})"', person.html)[0])
        sees(person, "Lead: Demo Safeguarding Lead")
        person.follow("Times of the sittings")
        person.press("Save", opens_at="00:00", closes_at="00:00")
        sees(person, "The times are saved.")

    def _appoint(self, role: str, name: str) -> None:
        person = self.commissioner.person
        if role == "young_member":
            person.press("Appoint", role=role, name=name)
            return
        email = f"{name.lower().replace(' ', '.')}@panel.example"
        person.press("Appoint", role=role, name=name, email=email)
        self.members[name] = self.cast.joined(email)

    def too_late(self) -> None:
        """A second after the closing time a change is refused, and what was submitted in time counts."""
        self.cast.clock.move_to(self.closes_at + timedelta(seconds=1))
        alder = self.providers["Demo Alder"]
        alder.sign_in()
        alder.person.visit(f"/provider/bids/{self.bids['Demo Alder']}")
        sees(alder.person, "Submitted")

    def two_people_open(self) -> None:
        """One opener is not enough; two open the bids together."""
        for number, account in enumerate(self.openers):
            account.sign_in()
            account.person.visit(f"/commissioning/itts/{self.reference}/opening")
            account.person.press("Open the bids" if number else "Agree to open the bids", **account.factor())
            for name in PROVIDERS:
                assert account.person.has(name) == bool(number), account.person.text

    def everybody_scores(self) -> None:
        """Every member declares interests and scores; a young person by card, one question a screen."""
        for name, key in {
            "Demo Chair": "local", "Demo Professional": "local",
            "Demo Parent One": "parents", "Demo Parent Two": "parents",
        }.items():  # fmt: skip
            self._score(self.members[name], key)
        facilitator = self.members["Demo Facilitator"]
        facilitator.sign_in()
        for alias in ("Wren", "Fox"):
            facilitator.person.visit(f"/panel/{self.panel_ids['young-people']}/cards")
            facilitator.person.follow(f"Record how {alias} takes part")
            facilitator.person.press("Save", age_band="16-17")
            facilitator.person.press(f"New card for {alias}")
            self.codes[alias] = code_on(facilitator.person)
            sit(self.cast.seat(), self.codes[alias], alias, PROVIDERS, _points)

    def _score(self, account: Account, key: str) -> None:
        person, panel = account.person, f"/panel/{self.panel_ids[key]}"
        account.sign_in()
        person.visit(panel)
        assert CANARY not in person.html, "no bid is shown before interests are declared"
        self._declare(person, panel)
        person.visit(panel)
        for place, bid in enumerate(dict.fromkeys(re.findall(rf"{panel}/bids/([0-9a-f-]{{36}})", person.html))):
            person.visit(f"{panel}/bids/{bid}")
            sees(person, CANARY)
            points = _points(person)
            entries = {f"score-{leaf}": str(points) for leaf in PANELS[key]}
            why = "Clear, with evidence that I could check"
            reasons = {f"reason-{leaf}": f"{why} ({leaf}, bid {place})." for leaf in PANELS[key]}
            person.press("Save", **entries, **reasons)
        person.visit(f"{panel}/submit")
        person.press("Submit my scores")

    def _declare(self, person: Person, panel: str) -> None:
        person.visit(f"{panel}/declare")
        names = re.findall(r'name="(interest-[0-9a-f-]{36})"', person.html)
        person.press("Declare", **dict.fromkeys(names, "no"))

    def panels_moderate(self) -> None:
        """Each panel agrees one score with a reason for every bid and question; a missing reason is refused."""
        for key, name in {
            "local": "Demo Chair", "young-people": "Demo Facilitator", "parents": "Demo Parent One",
        }.items():  # fmt: skip
            self._moderate(key, self.members[name].person)

    def _moderate(self, key: str, person: Person) -> None:
        panel = f"/panel/{self.panel_ids[key]}"
        if key == "young-people":
            self._declare(person, panel)
        person.visit(panel)
        person.follow("Start the moderation")
        person.press("Start the moderation")
        sees(person, "The panel is moderating")
        person.visit(f"{panel}/moderate")
        cells = dict.fromkeys(re.findall(rf"{panel}/moderate/[0-9a-f-]{{36}}/[a-z-]+", person.html))
        assert len(cells) == len(PROVIDERS) * len(PANELS[key]), cells
        for place, cell in enumerate(cells):
            person.visit(cell)
            points = str(_points(person))
            if place == 0:
                person.press("Record the agreed score", score=points, reason="")
                sees(person, "There is a problem")
            person.press(
                "Record the agreed score",
                score=points,
                reason=f"{AGREED_REASON} ({cell.rsplit('/', 1)[-1]})",
                **WHY_NOT,
            )
        if key == "young-people":
            for alias in ("Wren", "Fox"):
                self._confirm(self.codes[alias], len(cells))
        person.visit(f"{panel}/close")
        met = day_fields("met_first", self.cast.clock.now().astimezone(LONDON))
        person.press("Close the moderation", meeting_record="Every score was read out, talked over and agreed.", **met)

    def _confirm(self, code: str, scores: int) -> None:
        """A young person says yes to whatever the group agreed."""
        person = self.cast.seat()
        person.visit("/sitting")
        person.press("Start", code=code)
        person.press("Start", pin=PIN)
        person.press("Go on", supporter="facilitator")
        sees(person, "What your group agreed")
        for _ in range(scores):
            person.press("That’s right for us")
        assert not person.has("That’s right for us"), person.text

    def result(self) -> None:
        """The worker calculates; the commissioner reads ranking and figures. Birch has the best scores."""
        account = self.commissioner
        account.sign_in()
        wait_for(account.person, f"/commissioning/itts/{self.reference}/result", "Demo Birch")
        for name in PROVIDERS:
            sees(account.person, name)

    def check(self) -> None:
        """Nothing is proposed before everybody behind each bid is looked for; the desk leads to where it is done."""
        person, base = self.commissioner.person, f"/commissioning/itts/{self.reference}"
        person.visit(f"{base}/award")
        sees(person, "Before this lot can be awarded")
        person.visit(base)
        person.follow("Check the bidders")
        for page in sorted(set(re.findall(rf"{base}/compliance/[0-9a-f-]{{36}}/check", person.html))):
            person.visit(page)
            person.press("Record this check", information="seen", looked_online="y", note="")
            sees(person, "There is a problem", "Look at everybody whom the bid names")
            names = re.findall(r'name="looked_at"[^>]* value="([^"]+)"', person.html)
            person.press("Record this check", looked_at=names, information="seen", looked_online="y", note="")
            sees(person, "The check is recorded")

    def conflicts_are_looked_at_again(self) -> None:
        """Whoever opened the bids declares; the commissioner confirms the assessment now that it is known who bids."""
        page = f"/commissioning/itts/{self.reference}/interests"
        for account in self.openers:
            account.sign_in()
            account.person.visit(f"{page}/declare")
            account.person.press("Declare", interest="no")
        self.commissioner.sign_in()
        self.commissioner.person.visit(page)
        sees(self.commissioner.person, "Before it can be awarded")
        self.commissioner.person.press("Confirm that it still holds")
        assert not self.commissioner.person.has("Before it can be awarded")

    def award(self) -> None:
        """The commissioner proposes, cannot approve it too, the approver decides, every bidder is told."""
        page = f"/commissioning/itts/{self.reference}/award"
        proposer = self.commissioner
        wait_for(proposer.person, page, "Propose the award")
        proposer.person.press(
            "Send to an approver",
            reason="This bid has the highest total under the published method.",
            offers_standstill="y",
            unverified_reason="The provider is known to the council; its number is looked up next.",
            **proposer.factor(),
        )
        sees(proposer.person, "A second person decides")
        self.approver.sign_in()
        self.approver.person.visit(page)
        self.approver.person.press(
            "Record my decision", verdict="approve", note="I read the result and the reasons.", **self.approver.factor()
        )
        for name, account in self.providers.items():
            account.sign_in()
            wait_for(account.person, "/provider", "Awarded to you" if name == "Demo Birch" else "Not awarded")
            account.person.visit(re.findall(r"/provider/summaries/SUM-[0-9A-Z]{8}", account.person.html)[0])
            sees(account.person, "Assessment summary", AGREED_REASON)
            for other in set(PROVIDERS) - {name, "Demo Birch"}:
                assert not account.person.has(other), f"{name} reads of {other}"

    def award_notice(self) -> None:
        """Nothing of the award appears here before it has its own number on Find a Tender; then both see it."""
        self.manager.sign_in()
        wait_for(self.manager.person, f"/commissioning/itts/{self.reference}", "Publish the contract award notice")
        self.manager.person.visit(f"/commissioning/itts/{self.reference}/contract")
        sees(self.manager.person, "The contract award notice comes first")
        self.visitor.visit(f"/opportunities/{self.reference}/notices")
        assert not self.visitor.has("Contract award notice")
        account, page = self.commissioner, f"/commissioning/itts/{self.reference}/notices"
        account.sign_in()
        account.person.visit(page)
        place = {"publication_basis": "central_reference", **day_fields("published_date", self.cast.clock.now())}
        account.person.press("Publish it here", central_reference="012345-2026", **place)
        sees(account.person, "There is a problem", "is the number of another notice here")
        account.person.press("Publish it here", central_reference="2026/S 000-012399", **place)
        sees(account.person, "The contract award notice is published here", "012399-2026")
        self.visitor.visit(f"/opportunities/{self.reference}/notices")
        self.visitor.follow("Contract award notice")
        sees(self.visitor, "012399-2026", "Published there")

    def standstill(self) -> None:
        """No contract within the standstill: eight UK-wide working days from the award notice's day over there."""
        page = f"/commissioning/itts/{self.reference}/contract"
        self.manager.sign_in()
        wait_for(self.manager.person, page, "Standstill until the end of")
        today = self.cast.clock.now().astimezone(LONDON)
        self.manager.person.press(
            "Conclude the contract",
            **day_fields("signed_date", today),
            **day_fields("start_date", today + timedelta(days=60)),
            **self.manager.factor(),
        )
        sees(self.manager.person, "There is a problem", "The standstill runs until the end of")
        self.cast.clock.move_to(self.cast.clock.now() + timedelta(days=16))

    def contract(self) -> None:
        """After it the contract is concluded, with its break points, and stands in the public register."""
        page = f"/commissioning/itts/{self.reference}/contract"
        self.manager.sign_in()
        wait_for(self.manager.person, page, "The standstill is over")
        today = self.cast.clock.now().astimezone(LONDON)
        self.manager.person.press(
            "Conclude the contract",
            **day_fields("signed_date", today),
            **day_fields("start_date", today + timedelta(days=60)),
            **self.manager.factor(),
        )
        sees(self.manager.person, "The contract is concluded")
        self.visitor.visit("/contracts")
        sees(self.visitor, TITLE, "Demo Birch", "£204,000")
        self.visitor.follow(TITLE)
        sees(self.visitor, "Break point", "after 12 months", "after 18 months")

    def details_notice(self) -> None:
        """The contract details notice has a number of its own too, and until when it is due."""
        page = f"/commissioning/itts/{self.reference}/notices"
        wait_for(self.manager.person, page, "Contract details notice")
        sees(self.manager.person, "The last day for it is")
        self.manager.person.press(
            "Publish it here",
            publication_basis="central_reference",
            central_reference="012400-2026",
            **day_fields("published_date", self.cast.clock.now()),
        )
        self.visitor.visit(f"/opportunities/{self.reference}/notices")
        sees(self.visitor, "Contract award notice", "Contract details notice")


def wait_for(person: Person, path: str, text: str, tries: int = 60) -> None:
    """Visit the page until it shows the text: what the worker does takes a moment."""
    for _ in range(tries):
        person.visit(path)
        if person.has(text):
            return
        time.sleep(0.5)
    sees(person, text)


def declare_and_assess(person: Person, reference: str) -> None:
    """The only officer who has a part in it declares no interest, and makes the conflicts assessment."""
    interests = f"/commissioning/itts/{reference}/interests"
    person.visit(f"{interests}/declare")
    person.press("Declare", interest="no")
    person.visit(f"{interests}/assessment")
    person.press("Save version 1", known="None.", perceived="Nothing.")
    sees(person, "Version 1, by")


def be_approved(person: Person, approver: Account, reference: str) -> None:
    """The commissioner asks; the approver declares no interest, looks at everything and approves."""
    base = f"/commissioning/itts/{reference}"
    person.visit(f"{base}/ask")
    person.press("Ask an approver")
    second = approver.person
    second.visit(f"{base}/interests/declare")
    second.press("Declare", interest="no")
    second.visit(f"{base}/approve")
    approver.press("Record", verdict="approve", note="Everything in it was read.")
    sees(second, "A second person approved it")


def _points(person: Person) -> int:
    """What everybody thinks of a bid: its provider's points, read from the page by the answer's first words."""
    for name, (_, _, points) in PROVIDERS.items():
        if f"{name} on " in person.text:
            return points
    raise AssertionError(f"{person.path} shows no answer:\n{person.text[:1500]}")


def day_fields(name: str, instant: datetime) -> dict[str, str]:
    """The three boxes of a day."""
    instant = instant.astimezone(LONDON)
    return {f"{name}-day": str(instant.day), f"{name}-month": str(instant.month), f"{name}-year": str(instant.year)}
