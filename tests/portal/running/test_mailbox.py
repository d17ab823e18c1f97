"""The demonstration's mailbox, as the process that `portal up` starts."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.running import mailbox, processes
from portal.running.redis import free_port
from tests.pages import check_page
from tests.portal_process import portal_environment


@dataclass
class Running:
    smtp_port: int
    url: str
    folder: Path

    def send(self, subject: str, text: str, *recipients: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = (
            "portal@fairlot.test",
            ", ".join(recipients),
            subject,
        )
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as connection:
            connection.send_message(message)

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            return str(response.read().decode())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The mailbox on free ports."""
    ports = free_port(), free_port()
    folder = tmp_path / "mail"
    folder.mkdir()
    command = processes.mailbox(sys.executable, ports=ports, folder=str(folder))
    process = subprocess.Popen(command, env=portal_environment(tmp_path))
    made = Running(ports[0], f"http://127.0.0.1:{ports[1]}", folder)
    deadline = time.monotonic() + 20
    while True:
        try:
            made.page("/messages.json")
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield made
    process.terminate()
    assert process.wait(10) == 0


def test_a_message_is_listed_for_each_of_its_recipients(running: Running) -> None:
    """Every recipient has a copy, and filtering by address shows that address's alone."""
    running.send("Your receipt", "Sealed at noon.", "one@example.test", "two@example.test")
    everything = json.loads(running.page("/messages.json"))
    assert sorted(letter["to"] for letter in everything) == ["one@example.test", "two@example.test"]
    (letter,) = json.loads(running.page("/messages.json?to=two@example.test"))
    assert (letter["subject"], letter["text"]) == ("Your receipt", "Sealed at noon.\n")


def test_the_pages_hold_to_the_rules_for_pages(running: Running) -> None:
    """List, message and the page for a missing one have a title, one h1 and labelled controls."""
    running.send("Welcome", "See http://127.0.0.1:8000/account now.", "one@example.test")
    (letter,) = json.loads(running.page("/messages.json"))
    for path in ("/", "/?to=nobody@example.test", f"/messages/{letter['id']}"):
        check_page(running.page(path), path)
    assert '<a href="http://127.0.0.1:8000/account">' in running.page(f"/messages/{letter['id']}")
    with pytest.raises(urllib.error.HTTPError) as missing:
        running.page("/messages/1-2")
    assert missing.value.code == 404
    check_page(missing.value.read().decode(), "/messages/1-2")
    missing.value.close()


def test_a_message_cannot_bring_markup_into_the_page(running: Running) -> None:
    """Subject, body and recipient are shown as text."""
    running.send("<script>alert(1)</script>", '<b>bold</b> http://x/"onclick=', "one@example.test")
    (letter,) = json.loads(running.page("/messages.json"))
    page = running.page(f"/messages/{letter['id']}")
    check_page(page, "/messages/1")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_no_path_leads_out_of_the_folder(running: Running) -> None:
    """A name with dots or slashes is simply not there."""
    (running.folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    for path in ("/messages/../secret", "/messages/..%2fsecret"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            running.page(path)
        assert missing.value.code == 404
        missing.value.close()


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit the mailbox forgets the oldest."""
    monkeypatch.setattr(mailbox, "KEPT", 2)
    post = mailbox.Post(tmp_path)
    for number in range(4):
        post.keep("one@example.test", f"Subject: {number}\r\n\r\ntext".encode())
    assert [letter["subject"] for letter in post.listed()] == ["3", "2"]
