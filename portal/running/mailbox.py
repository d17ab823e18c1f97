"""The demonstration's mailbox: an SMTP server that delivers to nobody, and pages that show what it received.

Run as `python -m portal.running.mailbox --smtp-port N --http-port N --folder F`. Each message is one file,
so that a restart loses nothing; the newest thousand are kept. `/messages.json` gives the same to programs.
"""

from __future__ import annotations

import argparse
import html
import json
import signal
import time
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 1000
LONDON = ZoneInfo("Europe/London")
STYLE = """
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: #16202a; background: #f3f5f7; }
header { background: #1f3a4d; color: #fff; padding: 1rem 1.5rem; }
header p { margin: 0; font-weight: 700; font-size: 1.25rem; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
ol { list-style: none; margin: 0; padding: 0; background: #fff; border: 1px solid #c9d1d8; }
li { padding: .75rem 1rem; border-bottom: 1px solid #e1e6ea; overflow-wrap: anywhere; }
li:last-child { border-bottom: 0; }
li p, dl { margin: 0; color: #47545f; }
a { color: #12507b; text-underline-offset: .15em; }
a:hover { text-decoration-thickness: 3px; }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid #12507b;
  outline-offset: 2px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; background: #fff; padding: 1rem;
  border: 1px solid #c9d1d8; }
form { margin: 0 0 1.25rem; } label { display: block; font-weight: 700; }
input { font: inherit; padding: .4rem; border: 2px solid #16202a; width: min(100%, 22rem);
  box-sizing: border-box; }
button { font: inherit; padding: .45rem 1rem; border: 0; background: #1f3a4d; color: #fff; cursor: pointer; }
"""


class Post:
    """The messages in a folder, newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, recipient: str, content: bytes) -> None:
        """Store one message for one recipient; the oldest beyond the limit goes."""
        head = f"X-Envelope-To: {recipient}\r\nX-Received: {datetime.now(UTC).isoformat()}\r\n".encode()
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        part = self.folder / f"{name}.part"
        part.write_bytes(head + content)
        part.rename(self.folder / f"{name}.eml")
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)

    def listed(self, recipient: str = "") -> list[dict[str, str]]:
        """Who got what when, newest first; with `recipient` only what that address got."""
        letters = [self.read(file.stem) for file in sorted(self.folder.glob("*.eml"), reverse=True)]
        return [letter for letter in letters if letter and (not recipient or letter["to"] == recipient)]

    def read(self, name: str) -> dict[str, str] | None:
        """One message, or None."""
        file = self.folder / f"{name}.eml"
        if not name.replace("-", "").isalnum() or not file.exists():
            return None
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain", "html"))
        return {
            "id": name,
            "to": str(message["X-Envelope-To"]),
            "from": str(message["From"] or ""),
            "subject": str(message["Subject"] or "(no subject)"),
            "received_at": str(message["X-Received"]),
            "text": body.get_content().replace("\r\n", "\n") if body is not None else "",
        }


class Receiver:
    """What aiosmtpd calls for each delivery."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a copy for each recipient."""
        content = envelope.content
        assert isinstance(content, bytes)
        for recipient in envelope.rcpt_tos:
            self.post.keep(recipient, content)
        return "250 Message accepted"


class Pages(BaseHTTPRequestHandler):
    """The pages: a list, one message, and the list as JSON."""

    post: Post
    server_version = "FairlotMailbox"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one request."""
        address = urlsplit(self.path)
        recipient = parse_qs(address.query).get("to", [""])[0].strip()
        if address.path == "/":
            self._send("text/html", _list_page(self.post.listed(recipient), recipient))
        elif address.path == "/messages.json":
            self._send("application/json", json.dumps(self.post.listed(recipient), ensure_ascii=False))
        elif address.path == "/style.css":
            self._send("text/css", STYLE)
        elif letter := self.post.read(address.path.removeprefix("/messages/")):
            self._send("text/html", _letter_page(letter))
        else:
            body = "<h1>That message is not here</h1><p><a href='/'>All messages</a></p>"
            self._send("text/html", _page("That message is not here", body), 404)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: every page view in the log would hide the failures."""

    def _send(self, kind: str, body: str, status: int = 200) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/style.css"></head><body>'
        "<header><p>Fairlot demonstration mailbox</p></header>"
        f"<main>{body}</main></body></html>"
    )


def _list_page(letters: list[dict[str, str]], recipient: str) -> str:
    search = (
        '<form method="get" action="/"><label for="to">Show messages to this address</label>'
        f'<input id="to" name="to" type="email" value="{html.escape(recipient)}"> '
        "<button>Show</button></form>"
    )
    entries = "".join(
        f'<li><a href="/messages/{letter["id"]}">{html.escape(letter["subject"])}</a>'
        f"<p>To {html.escape(letter['to'])}, {_when(letter['received_at'])}</p></li>"
        for letter in letters
    )
    empty = "<p>No messages yet. What the portal sends arrives here within a few seconds.</p>"
    intro = "<p>Nothing leaves this machine: every message that the portal sends ends here.</p>"
    return _page("Messages", f"<h1>Messages</h1>{intro}{search}{f'<ol>{entries}</ol>' if entries else empty}")


def _letter_page(letter: dict[str, str]) -> str:
    body = (
        f'<p><a href="/">All messages</a></p><h1>{html.escape(letter["subject"])}</h1>'
        f"<p>To {html.escape(letter['to'])}, from {html.escape(letter['from'])}, "
        f"{_when(letter['received_at'])}</p>"
        f"<pre>{_linked(letter['text'])}</pre>"
    )
    return _page(letter["subject"], body)


def _linked(text: str) -> str:
    """The text as HTML, its addresses clickable."""
    lines = []
    for line in text.splitlines():
        words = [
            f'<a href="{html.escape(word)}">{html.escape(word)}</a>'
            if word.startswith(("http://", "https://"))
            else html.escape(word)
            for word in line.split(" ")
        ]
        lines.append(" ".join(words))
    return "\n".join(lines)


def _when(instant: str) -> str:
    local = datetime.fromisoformat(instant).astimezone(LONDON)
    return f"{local:%H:%M:%S} on {local.day} {local:%B %Y %Z}"


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    post = Post(arguments.folder)
    controller = Controller(Receiver(post), hostname="127.0.0.1", port=arguments.smtp_port)
    controller.start()
    pages = ThreadingHTTPServer(("127.0.0.1", arguments.http_port), type("Served", (Pages,), {"post": post}))
    # A handler of our own: a shell starts what it puts into the background with SIGINT ignored.
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        pages.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        pages.server_close()
        controller.stop()


if __name__ == "__main__":
    main()
