"""A password that was chosen on a form with mistakes elsewhere: sealed into the page, so that nobody types it again.

Only this installation can open the seal, and only for an hour; nothing is stored.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from portal.core.errors import SealBroken
from portal.core.seals import KeyFolder, decrypt, encrypt

KEPT = timedelta(hours=1)
_CONTEXT = b"password chosen while registering"


def keep_password(password: str, *, keys: KeyFolder, now: datetime) -> str:
    """The password as the page carries it."""
    said = json.dumps({"password": password, "until": (now + KEPT).timestamp()}).encode()
    return urlsafe_b64encode(encrypt(said, keys.factor_key(), _CONTEXT)).decode()


def kept_password(sealed: str, *, keys: KeyFolder, now: datetime) -> str:
    """The password that the page carried; empty when it carried none, for too long, or something else."""
    try:
        said = json.loads(decrypt(urlsafe_b64decode(sealed.encode()), keys.factor_key(), _CONTEXT))
    except (SealBroken, ValueError):
        return ""
    return said["password"] if now.timestamp() < said["until"] else ""
