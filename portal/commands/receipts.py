"""`portal receipt verify`: check a receipt file; needs neither the database nor the network."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path

from portal.bidding.receipts import verify_receipt
from portal.commands.answering import FINDING, Answer, CouldNotRun
from portal.config import state_folder
from portal.core.seals import KeyFolder
from portal.core.signed import public_key_of


def verify(arguments: argparse.Namespace) -> Answer:
    """Verify a receipt against the portal's key: --key, else the key folder's if it can be read here."""
    try:
        document = sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
    except OSError as unreadable:
        raise CouldNotRun(f"{arguments.file} cannot be read: {unreadable.strerror}.") from unreadable
    key = arguments.key or _own_key()
    verdict = verify_receipt(document, trusted_key=key, itt=arguments.itt, bid=arguments.bid)
    lines = list(verdict.findings) or [f"The receipt is genuine (key {verdict.key_id})."]
    lines += [f"{name}: {value}" for name, value in verdict.said]
    if not verdict.key_known:
        lines.append("It was compared with its own key only: give the portal's key, which it publishes, with --key.")
    return Answer(asdict(verdict), lines, 0 if verdict.holds else FINDING)


def _own_key() -> str | None:
    folders = (os.environ.get("KEY_DIR"), state_folder() / "keys", state_folder() / "data" / "keys")
    for folder in (Path(named) for named in folders if named):
        # Asked for first, because a key folder without the key would make a new one.
        if os.access(folder / "receipt.key", os.R_OK):
            return public_key_of(KeyFolder(folder))
    return None
