"""The end of a start: what a person reads, and the ready file that programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.running.narrator import Narrator


def print_addresses(narrator: Narrator, url: str, mailbox_url: str | None, loaded: Mapping[str, Any]) -> None:
    """Print where to go, and the scenario's sign-ins when it was loaded just now."""
    sign_ins = [(entry["role"], entry["email"], entry["password"]) for entry in loaded.get("sign_ins", ())]
    for role, email, password in sign_ins:
        narrator.say(f"  {role:{max(len(entry[0]) for entry in sign_ins)}}  {email}  password: {password}")
    narrator.say(f"\n  Fairlot   {url}")
    if mailbox_url is not None:
        narrator.say(f"  its mail  {mailbox_url}\n")


def write_ready_file(file: Path, document: Mapping[str, Any]) -> None:
    """Write the document in one go, readable by this user alone: it holds passwords."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(json.dumps(document, indent=1))
    part.replace(file)
