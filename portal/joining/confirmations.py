"""The confirmation that an application arrived: a file that its provider keeps, and that anybody can check.

Made when it is asked for, from what nobody can change: the frozen version, and its entry in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.queries import entry_of_version
from portal.core.seals import KeyFolder
from portal.core.signed import as_instant, files_said, signed
from portal.joining.models import ApplicationVersion

FORMAT = "fairlot-application-1"


def confirmation_of(version: ApplicationVersion, keys: KeyFolder) -> dict[str, Any]:
    """Sign what was received: the same file however often, and under the name that the provider had then.

    {"body": {reference, framework, framework_title, lot, authority, provider, version, received_at (UTC,
    microseconds), questionnaire_hash, content_hash, files [{name, question, sha256}], ledger {chain, position, hash}},
    ...} as `portal.core.signed` says.
    """
    application = version.application
    entry = entry_of_version(EventKind.APPLICATION_SUBMITTED, application, version.number)
    body = {
        "format": FORMAT,
        "reference": application.reference,
        "framework": application.framework.reference,
        "framework_title": application.framework.title,
        "lot": application.lot.number,
        "authority": application.framework.authority.name,
        "provider": application.provider.at(version.received_at).name,
        "version": version.number,
        "received_at": as_instant(version.received_at),
        "questionnaire_hash": version.questionnaire_hash,
        "content_hash": version.content_hash,
        "files": [
            {"name": answer["evidence"]["file_name"], "question": key, "sha256": answer["evidence"]["sha256"]}
            for key, answer in sorted(version.answers.items())
            if "evidence" in answer
        ],
        "ledger": {"chain": entry.chain, "position": entry.seq, "hash": entry.hash.hex()},
    }
    return signed(body, keys)


def said(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a confirmation says."""
    yield "Applicant", f"{body.get('provider')}"
    yield "Application", f"{body.get('reference')}, version {body.get('version')}"
    yield "To join", f"{body.get('framework_title')} ({body.get('framework')}), lot {body.get('lot')}"
    yield "Sent to", f"{body.get('authority')}"
    yield "Received", f"{body.get('received_at')} (UTC)"
    yield "Fingerprint of the answers", f"SHA-256 {body.get('content_hash')}"
    yield from files_said(body)
