"""The people of the story, and how they come to have an account: each through the product's own pages."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pyotp

from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import Person, sees

PASSWORD = "three plain words"
LINK = re.compile(r"https?://[^/\s]+(/link/[A-Za-z0-9_-]{43})\s")


@dataclass
class Account:
    """Somebody's sign-in: the page they sit at, their address, and their authenticator's secret once they have one."""

    person: Person
    email: str
    clock: MovingClock
    secret: str = ""
    used: set[str] = field(default_factory=set)

    def code(self) -> str:
        """The code that the authenticator shows, once it is one that was not used before and lives a moment longer."""
        totp = pyotp.TOTP(self.secret)
        while (code := totp.at(self.clock.now())) in self.used or self.clock.now().timestamp() % 30 > 27:
            time.sleep(0.2)
        self.used.add(code)
        return code

    def sign_in(self) -> None:
        """Sign in with password and, where there is one, the second factor, unless still signed in."""
        self.person.visit("/sign-in")
        if self.person.path != "/sign-in":
            return
        self.person.press("Sign in", email=self.email, password=PASSWORD)
        if self.person.path == "/sign-in/code":
            self.person.press("Continue", factor_code=self.code())

    def set_up_factor(self) -> None:
        """Put the key on the page into the authenticator and type its first code."""
        sees(self.person, "Set up your second factor")
        self.person.follow("Use an authenticator app")
        found = re.search(r"time-based code:\s*((?:[A-Z2-7]{4}\s+)+)", self.person.text)
        assert found is not None, self.person.text
        self.secret = found[1].replace(" ", "")
        self.person.press("Set up", factor_code=self.code())
        sees(self.person, "Print or save your recovery codes")
        self.person.follow("I have kept them")

    def press(self, button: str, **values: str) -> None:
        """Press what needs a fresh second factor, and once more where that has grown old since the page was drawn."""
        self.person.press(button, **values, **self.factor())
        if 'id="factor_code-error"' in self.person.html:
            self.person.press(button, **self.factor())

    def factor(self) -> dict[str, str]:
        """The field for a fresh code, where the page asks for one."""
        return {"factor_code": self.code()} if 'name="factor_code"' in self.person.html else {}


@dataclass
class Cast:
    """Makes people sit down at a browser, and accounts for them."""

    clock: MovingClock
    seat: Callable[[], Person]
    state: Path
    mailbox_url: str

    def administrators(self, authority: str) -> tuple[Account, Account]:
        """The authority's first administrator, and the second, whom the first invites and the platform's confirms."""
        first = self.administrator("administrator@council.example", "--authority", authority)
        platform = self.administrator("platform@council.example")
        second = self.colleague(first, "Demo Second", "authority_administrator", confirmed_by=platform)
        return first, second

    def administrator(self, email: str, *place: str) -> Account:
        """Somebody made on the command line, as an operator does."""
        subprocess.run(
            [sys.executable, "-m", "portal", "create-administrator", "--name", "Demo Administrator",
             "--email", email, *place, "--password-stdin"],
            input=PASSWORD.encode(), check=True, capture_output=True, timeout=60,
            env={"PORTAL_STATE": str(self.state), "PATH": "/usr/bin:/bin"} | self.clock.environment,
        )  # fmt: skip
        account = Account(self.seat(), email, self.clock)
        account.sign_in()
        account.set_up_factor()
        return account

    def colleague(self, by: Account, name: str, *roles: str, confirmed_by: Account | None = None) -> Account:
        """Somebody whom `by` invites, who joins with the link in the mail, and whose roles somebody else confirms."""
        email = f"{name.lower().replace(' ', '.')}@council.example"
        by.person.visit("/account/colleagues/invite")
        by.person.press("Invite", name=name, email=email, roles=list(roles), **by.factor())
        if confirmed_by is not None:
            self._confirm(confirmed_by, name)
        return self.joined(email)

    def _confirm(self, administrator: Account, name: str) -> None:
        """Confirm every role that waits for the administrator."""
        person = administrator.person
        person.visit("/account/roles")
        while "No role waits." not in person.text:
            sees(person, name)
            person.follow("Confirm or refuse")
            person.press("Record my decision", verdict="confirm", **administrator.factor())

    def joined(self, email: str) -> Account:
        """Somebody who chooses a password with the link that was mailed, and signs in."""
        account = Account(self.seat(), email, self.clock)
        account.person.visit(self.mailed_link(email))
        account.person.press("Set my password", password=PASSWORD)
        account.sign_in()
        if "Set up your second factor" in account.person.text:
            account.set_up_factor()
        return account

    def provider(self, name: str, company_number: str) -> Account:
        """A new provider's first person, registered by themselves, who hears of services for children."""
        email = f"{name.lower().replace(' ', '.')}@provider.example"
        account = Account(self.seat(), email, self.clock)
        account.person.visit("/register")
        account.person.press(
            "Register", name=f"Demo Submitter {name}", email=email, password=PASSWORD, organisation_name=name,
            company_number=company_number, address="1 Demonstration Street", postcode="ZZ99 9ZZ",
            is_vcse="y", codes=["85311300"],
        )  # fmt: skip
        account.sign_in()
        account.set_up_factor()
        sees(account.person, f"Please confirm {email}")
        account.person.visit(self.mailed_link(email))
        account.person.press("Yes, this is my address")
        return account

    def mailed_link(self, email: str, subject: str = "") -> str:
        """The path of the link in the newest mail to the address (with that subject), once it has come."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            mails = httpx.get(f"{self.mailbox_url}/messages.json", params={"to": email}, timeout=30).json()
            found = [link for mail in mails if subject in mail["subject"] and (link := LINK.search(mail["text"]))]
            if found:
                return found[0][1]
            time.sleep(0.2)
        raise AssertionError(f"no link was mailed to {email}")


def code_on(person: Person) -> str:
    found = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", person.text)
    assert found is not None, person.text
    return found[0]
