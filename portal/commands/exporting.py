"""`portal ocds export`: everything published, one JSON document a line, as it was published."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from flask import Flask
from sqlalchemy import select

from portal.commands.answering import Answer
from portal.extensions import db
from portal.notices.models import OcdsRecord
from portal.notices.queries import releases_after

ALL = 2**62


def ocds(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Write every release in the order of publication, or every compiled record, a line each."""
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        sink = sys.stdout
        if arguments.output:
            sink = stack.enter_context(open(arguments.output, "w", encoding="utf-8"))
        count = 0
        for text in _compiled() if arguments.compiled else _releases():
            sink.write(text + "\n")
            count += 1
    # The lines themselves are the answer; the count would spoil them on standard output.
    said = [f"{count} written to {arguments.output}"] if arguments.output else []
    return Answer(None, said)


def _releases() -> Iterator[str]:
    return (release.text for release in releases_after(0, limit=ALL))


def _compiled() -> Iterator[str]:
    query = select(OcdsRecord.text).order_by(OcdsRecord.ocid).execution_options(yield_per=100)
    yield from db.session.scalars(query)
