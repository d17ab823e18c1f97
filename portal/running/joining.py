"""Let a command join a portal that `portal up` started: with its settings, as its user, on its code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from portal.config import SettingsError, state_folder
from portal.running.children import alive
from portal.running.state import read_record


def join_running_portal(arguments: Sequence[str], *, owner: bool) -> int | None:
    """Run `portal ARGUMENTS` inside the running portal and return its exit code, or None.

    None means that `DATABASE_URL` is set, so nothing was run. `owner` hands over the schema owner's address
    as well. Raises `SettingsError` when no portal runs on the state folder either.
    """
    if os.environ.get("DATABASE_URL"):
        return None
    folder = state_folder()
    try:
        record = read_record(folder)
    except PermissionError as closed:
        raise SettingsError(f"The state folder {folder} belongs to another user.") from closed
    if record is None or not record.environment or not alive(record.supervisor):
        raise SettingsError(f"DATABASE_URL is not set, and no portal runs on {folder}: start one with `portal up`.")
    extra = {"DATABASE_OWNER_URL": record.database_owner_url} if owner else {}
    account = record.code_account
    # Whoever is not root is already the user that the portal runs as.
    done = subprocess.run(
        [record.python, "-m", "portal", *arguments],
        env=record.environment | extra,
        cwd=Path("/") if account else None,
        umask=0o077,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    return int(done.returncode)
