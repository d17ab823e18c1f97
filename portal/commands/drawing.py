"""`portal draw verify`: work a drawn lot out again, from what the two people revealed and the ledger's opening."""

from __future__ import annotations

import argparse
from typing import Any

from flask import Flask

from portal.commands.answering import FINDING, Answer, CouldNotRun
from portal.core.errors import NotFound
from portal.evaluation.draw_queries import draws_of
from portal.evaluation.drawing import faults_of
from portal.tendering.queries import find_published_itt


def verify(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Verify every draw of a procurement; 1 when something does not follow."""
    with app.app_context():
        try:
            draws = draws_of(find_published_itt(arguments.reference).id)
        except NotFound as unknown:
            raise CouldNotRun(unknown.message) from unknown
        told: list[dict[str, Any]] = [
            {
                "lot": draw.lot.number,
                "status": draw.status.value,
                "bids": draw.bids,
                "commitments": [part.commitment for part in draw.parts],
                "values": draw.values,
                "opening": draw.opening_hash,
                "seed": draw.seed,
                "drawn": draw.drawn,
                "faults": faults_of(draw),
            }
            for draw in draws
        ]
    lines = [f"Lot {one['lot']}, {one['status']}: {' '.join(one['faults']) or 'everything follows.'}" for one in told]
    found = any(one["faults"] for one in told)
    return Answer({"draws": told}, lines or ["No lot was drawn here."], FINDING if found else 0)
