"""The commands that look and change nothing: `ledger`, `outbox`, `check`, `reconcile`, `policy`, `law`, `routes`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from flask import Flask

from portal.audit.outbox import outbox_status
from portal.audit.queries import is_demonstration
from portal.audit.verifying import verify_ledger
from portal.bidding.reconciling import reconcile_files
from portal.commands.answering import FINDING, Answer
from portal.config import PLACEHOLDER_OCID_PREFIX, Settings
from portal.core import access_table
from portal.core.permissions import policy
from portal.core.words import counted
from portal.regulation.table import as_markdown

OF_THE_OPERATOR = "it is not set: contact, privacy and terms do not say who runs this portal (UK GDPR art 13(1))"
OPEN_ENDPOINTS = frozenset({"static"})


def ledger(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Verify every entry of the ledger; 1 when something is wrong with it."""
    with app.app_context():
        checked = verify_ledger()
    lines = [f"{found.chain} {found.seq}: {found.finding}" for found in checked.findings]
    lines.append(
        f"{counted(checked.events, 'entry', 'entries')} in {counted(checked.chains, 'chain')}: "
        f"{counted(len(checked.findings), 'finding')}."
    )
    return Answer(asdict(checked), lines, FINDING if checked.findings else 0)


def outbox(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Count what waits in the outbox and what could not be delivered; 1 when something is dead."""
    with app.app_context():
        status = outbox_status()
    waiting = f"{status.waiting} waiting (the oldest for {status.oldest_seconds:.0f} s)"
    line = f"{waiting}, {status.sent} sent, {status.dead} dead."
    return Answer(asdict(status), [line], FINDING if status.dead else 0)


def reconcile(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Compare the file store and the submitted versions with the database; 1 when something does not fit."""
    with app.app_context():
        compared = reconcile_files(files=app.extensions["files"])
    lines = [f"{found.identifier}: {found.finding}" for found in compared.findings]
    counts = f"{counted(compared.files, 'file')} and {counted(compared.versions, 'submitted version')}"
    lines.append(f"{counts}: {len(compared.findings)} findings.")
    return Answer(asdict(compared), lines, FINDING if compared.findings else 0)


def settings(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Say what the settings lack for real use; 1 when something is missing, but in a demonstration."""
    found: Settings = app.config["SETTINGS"]
    with app.app_context():
        demonstration = is_demonstration()
    said = dict.fromkeys(found.operator.missing, OF_THE_OPERATOR)
    if found.ocid_prefix == PLACEHOLDER_OCID_PREFIX:
        said["OCID_PREFIX"] = "open data carries a prefix that belongs to nobody: ask for your own"
    if not found.secure_cookies:
        said["PUBLIC_URL"] = "it is not https: passwords and cookies travel in the clear"
    lines = [f"{variable}: {words}." for variable, words in said.items()] or ["The settings lack nothing."]
    if said and demonstration:
        lines.append("This is a demonstration, so that is no fault.")
    return Answer(
        {"missing": said, "demonstration": demonstration}, lines, FINDING if said and not demonstration else 0
    )


def law(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Print the table of the law, with its sections."""
    table = as_markdown()
    return Answer({"law": table}, table.rstrip("\n").split("\n"))


def policy_rows(app: Flask, arguments: argparse.Namespace) -> Answer:
    """List who may do what to what in which state; `--matrix` as a document with a table for each object."""
    if arguments.matrix:
        table = access_table.as_markdown(policy.rows())
        return Answer({"matrix": table}, table.rstrip("\n").split("\n"))
    rows = [
        {
            "object": row.object,
            "verb": row.verb,
            "roles": sorted(row.roles),
            "states": None if row.states is None else sorted(row.states),
        }
        for row in policy.rows()
    ]
    lines = [
        f"{row.object:22} {row.verb:26} {', '.join(sorted(row.states)) if row.states else 'in every state'}"
        f": {', '.join(sorted(row.roles))}"
        for row in policy.rows()
    ]
    return Answer(rows, lines)


def routes(app: Flask, arguments: argparse.Namespace) -> Answer:
    """List every address with its audience and roles; 1 when one declares none, and is therefore closed."""
    listed = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint in OPEN_ENDPOINTS:
            continue
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        listed.append(
            {
                "address": rule.rule,
                "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                "endpoint": rule.endpoint,
                "audience": access.audience if access else None,
                "roles": sorted(access.roles) if access and access.roles is not None else None,
            }
        )
    lines = [
        f"{'/'.join(row['methods']):9} {row['address']:60} {row['audience'] or 'UNDECLARED'}"
        f"{': ' + ', '.join(row['roles']) if row['roles'] else ''}"
        for row in listed
    ]
    return Answer(listed, lines, FINDING if any(row["audience"] is None for row in listed) else 0)
