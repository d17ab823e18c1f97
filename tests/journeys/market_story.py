"""The story of a dynamic market: set up, joined, and called off from while others are still joining.

A provider applies, is refused with a reason, puts it right, is admitted, finds the call-off that was already open
among its invitations, and bids.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from portal.tendering.naming import new_key
from tests.journeys.cast import Account, Cast
from tests.journeys.people import Person, sees
from tests.journeys.story import LONDON, be_approved, day_fields, declare_and_assess, wait_for

AUTHORITY = "Demo Valley Council"
MARKET = "Short breaks in Demo Valley"
CALL_OFF = "Saturday clubs in Demo Valley"
REASON = "The policy does not say who leads on safeguarding. Name that person, and send the application again."
QUALITY = "A safe and caring service"


class MarketStory:
    """The story's state: who is who, and the references of the market, the applications and the call-off."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.thin = folder / "policy.txt"
        self.thin.write_text("We keep children safe.\n")
        self.better = folder / "policy-2.txt"
        self.better.write_text("Demo Lead leads on safeguarding. Staff tell the lead the same day.\n")
        self.market = self.call_off = self.bid = ""
        self.applications: dict[str, str] = {}

    def tell(self) -> None:
        """From an empty market to a bid of the provider that joined it last."""
        self.people()
        self.set_up()
        self.elm_joins()
        self.called_off()
        self.rowan_cannot_bid_yet()
        self.rowan_applies()
        self.rowan_is_refused()
        self.rowan_puts_it_right()
        self.rowan_bids()

    def people(self) -> None:
        """A council's officers, and two providers."""
        first, second = self.cast.administrators(AUTHORITY)
        self.commissioner = self.cast.colleague(first, "Demo Commissioner", "commissioner", confirmed_by=second)
        self.approver = self.cast.colleague(first, "Demo Approver", "approver", confirmed_by=second)
        self.elm = self.cast.provider("Demo Elm", "99000021")
        self.rowan = self.cast.provider("Demo Rowan", "99000022")

    def set_up(self) -> None:
        """The commissioner describes the market, its lot, criteria and law, and opens it to providers."""
        person = self.commissioner.person
        person.visit("/commissioning/frameworks/new")
        person.press("Start", kind="dynamic_market", title=MARKET)
        self.market = _reference(person, "DMK")
        desk = f"/commissioning/frameworks/{self.market}"
        person.visit(f"{desk}/about")
        person.press("Save", description="Clubs and outings.", cpv_codes="85311300", estimated_value="900000")
        today = self.cast.clock.now().astimezone(LONDON)
        person.visit(f"{desk}/term")
        person.press(
            "Save", **day_fields("valid_from", today), **day_fields("valid_until", today + timedelta(days=700))
        )
        person.visit(f"{desk}/terms")
        person.press("Save", how_it_works="Apply on any day. Every member is invited.", decision_days="10")
        person.visit(f"{desk}/lots/add")
        person.press("Save", title="Clubs", definition="Clubs and outings by day.", areas="Demo Valley")
        for title, lowest, highest in ((QUALITY, "60", "80"), ("Price", "20", "40")):
            person.visit(f"{desk}/criteria/add")
            person.press("Save", title=title, lowest_weight=lowest, highest_weight=highest)
        person.visit(f"{desk}/publication")
        person.press("Save", publication_reference="012345-2026")
        person.visit(f"{desk}/go-live")
        person.press("Go live", **self.commissioner.factor())
        person.visit(f"/frameworks/{self.market}")
        sees(person, MARKET, "no limit on the number of members", "PA2023 s.36(6)")

    def elm_joins(self) -> None:
        """The first provider applies and is admitted."""
        self._apply(self.elm, "Demo Elm")
        self._admit("Demo Elm")

    def called_off(self) -> None:
        """The commissioner calls off from the lot; its members are invited, and the list cannot be edited."""
        person = self.commissioner.person
        person.visit(f"/commissioning/frameworks/{self.market}/call-off")
        person.press("Start", lot="1", title=CALL_OFF)
        self.call_off = _reference(person, "ITT")
        draft = f"/commissioning/itts/{self.call_off}/draft"
        person.visit(f"{draft}/service")
        person.press("Save", description="A club on Saturdays.")
        person.visit(f"{draft}/value")
        person.press("Save", estimated_value="96000", term_months="24")
        closes = self.cast.clock.now().astimezone(LONDON) + timedelta(days=15)
        starts = closes + timedelta(days=80)
        person.visit(f"{draft}/timetable")
        person.press(
            "Save",
            closes_time="noon",
            **day_fields("closes", closes),
            **day_fields("award_date", closes + timedelta(days=30)),
            **day_fields("contract_start_date", starts),
        )
        person.visit(f"{draft}/price")
        person.press("Save", formula="benchmark", floor="70000", ceiling="96000")
        person.visit(f"{draft}/tie-break")
        person.press("Save", tie_break="lowest_price")
        person.visit(f"{draft}/questions/add?kind=text")
        person.press("Save", prompt="How will you run the club?", word_limit="300", criterion=new_key(QUALITY, ()))
        person.visit(f"{draft}/publication")
        person.press("Save", publication_basis="central_reference", central_reference="012346-2026")
        declare_and_assess(person, self.call_off)
        be_approved(person, self.approver, self.call_off)
        person.visit(f"/commissioning/itts/{self.call_off}/publish")
        person.press("Publish", **self.commissioner.factor())
        person.visit(f"/commissioning/itts/{self.call_off}/invited")
        sees(person, "Demo Elm")
        self.elm.sign_in()
        wait_for(self.elm.person, "/account/inbox", CALL_OFF)

    def rowan_cannot_bid_yet(self) -> None:
        """A provider outside is told which lot it takes, and how to join."""
        person = self.rowan.person
        person.visit(f"/opportunities/{self.call_off}")
        sees(person, CALL_OFF, MARKET, "lot 1")
        assert not person.has("Start your bid")

    def rowan_applies(self) -> None:
        """It applies with a policy that says little; in a market it may bid while it waits (PA2023 s.34(4))."""
        self._apply(self.rowan, "Demo Rowan")

    def rowan_is_refused(self) -> None:
        """One officer finds the criterion that is not met, a second one decides, and the provider reads why."""
        officer = self.commissioner.person
        self.commissioner.sign_in()
        officer.visit(f"{self._queue}/{self.applications['Demo Rowan']}/refuse")
        officer.press("Send to an approver", failed_safeguarding_policy="y", reason_safeguarding_policy=REASON)
        self.approver.sign_in()
        self.approver.person.visit(f"{self._queue}/{self.applications['Demo Rowan']}/refusal")
        sees(self.approver.person, REASON)
        self.approver.person.press("Record my decision", verdict="refuse", **self.approver.factor())
        self.rowan.sign_in()
        wait_for(self.rowan.person, "/account/inbox", MARKET)
        self.rowan.person.visit(f"/provider/applications/{self.applications['Demo Rowan']}")
        sees(self.rowan.person, REASON)

    def rowan_puts_it_right(self) -> None:
        """The same application goes again with a better policy, and the provider is admitted."""
        person = self.rowan.person
        base = f"/provider/applications/{self.applications['Demo Rowan']}"
        person.visit(f"{base}/questions/standing")
        sees(person, REASON)
        person.press("Save", **self._policy(self.better), **{"answers-safeguarding_policy": ""})
        person.visit(f"{base}/check")
        person.press("Send version 2", **self.rowan.factor())
        self._admit("Demo Rowan")

    def rowan_bids(self) -> None:
        """The call-off that was already open is among its invitations, with the same deadline; it answers it."""
        person = self.rowan.person
        self.rowan.sign_in()
        person.visit("/provider/invitations")
        sees(person, CALL_OFF, "noon")
        wait_for(person, "/account/inbox", CALL_OFF)
        person.visit(f"/provider/bids/start/{self.call_off}")
        person.press("Start the bid")
        self.bid = _reference(person, "BID")
        base = f"/provider/bids/{self.bid}"
        person.visit(f"{base}/answers")
        person.press("Save", **{"answers-how-will-you-run-the-club": "Every Saturday, with the children."})
        person.visit(f"{base}/price")
        person.press("Save", price="88000")
        person.visit(f"{base}/check")
        person.press("Submit", **self.rowan.factor())
        sees(person, self.bid, "SHA-256")

    @property
    def _queue(self) -> str:
        return f"/commissioning/frameworks/{self.market}/applications"

    def _apply(self, account: Account, name: str) -> None:
        """Apply to the first lot, section by section, and keep the confirmation."""
        person = account.person
        account.sign_in()
        person.visit(f"/provider/applications/start/{self.market}")
        person.press("Start", lots=["1"])
        reference = self.applications[name] = _reference(person, "APP")
        base = f"/provider/applications/{reference}"
        for section in ("about", "mandatory", "discretionary", "standing"):
            person.visit(f"{base}/questions/{section}")
            values = _passing(person, name)
            if section == "standing":
                values |= {**self._policy(self.thin), "answers-safeguarding_policy": ""}
            person.press("Save", **values)
        person.visit(f"{base}/check")
        person.press("Send", **account.factor())
        sees(person, reference)

    def _policy(self, file: Path) -> dict[str, str | Path]:
        expires = self.cast.clock.now().astimezone(LONDON) + timedelta(days=300)
        return {"file-safeguarding_policy": file, **day_fields("expires-safeguarding_policy", expires)}

    def _admit(self, name: str) -> None:
        officer = self.commissioner.person
        self.commissioner.sign_in()
        officer.visit(self._queue)
        sees(officer, name)
        officer.visit(f"{self._queue}/{self.applications[name]}")
        why = "The provider is known to the council; its number is looked up next."
        officer.press("Admit to lot 1", unverified_reason=why, **self.commissioner.factor())
        officer.visit(f"/commissioning/frameworks/{self.market}/members")
        sees(officer, name)


def _passing(person: Person, name: str) -> dict[str, str | Path]:
    """Answers that pass, for every question on the page that is not about a document."""
    asked = set(re.findall(r'name="(answers-[a-z0-9_-]+)"', person.html))
    values: dict[str, str | Path] = {}
    for field in sorted(asked):
        choices = re.findall(rf'name="{field}"[^>]*value="([^"]*)"', person.html)
        if "yes" in choices:
            values[field] = "yes" if field.endswith(("_held", "platform")) else "no"
        elif "Charity" in choices:
            values[field] = "Charity"
        elif f'name="{field.replace("answers-", "file-")}"' not in person.html:
            values[field] = f"{name} says no more"
    return values


def _reference(person: Person, prefix: str) -> str:
    found = re.search(rf"{prefix}-[0-9A-Z]{{8}}", person.path)
    assert found is not None, f"{person.path}\n{person.text[:1500]}"
    return found[0]
