"""The public register of contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.contracts.models import Contract
from portal.contracts.queries import PAGE, contract_by_reference, register_page, whole_register
from portal.contracts.register import COLUMNS, register_row
from portal.contracts.terms import milestones
from portal.core import clock
from portal.web.access import public
from portal.web.downloads import csv_download

# Without a prefix: a blueprint would put a slash between it and ".csv".
bp = Blueprint("contracts", __name__)


@bp.get("/contracts")
@public
def index() -> ResponseReturnValue:
    """The register, newest first, a page at a time."""
    contracts, next_reference = _page()
    next_href = url_for("contracts.index", before=next_reference) if next_reference else None
    if _wants_json():
        return _json(contracts, next_reference)
    return render_template(
        "contracts/public/index.html", contracts=contracts, next_href=next_href, one_day=timedelta(days=1)
    )


@bp.get("/contracts.json")
@public
def index_json() -> ResponseReturnValue:
    """The register as JSON, a page at a time."""
    return _json(*_page())


@bp.get("/contracts.csv")
@public
def csv() -> ResponseReturnValue:
    """The whole register as CSV."""
    rows = (list(register_row(contract).values()) for contract in whole_register())
    return csv_download("contracts.csv", COLUMNS, rows)


@bp.get("/contracts/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """One contract."""
    contract = contract_by_reference(reference.removesuffix(".json"))
    if reference.endswith(".json") or _wants_json():
        return jsonify(register_row(contract))
    breaks = [(point.months, point.on_date) for point in contract.break_points]
    return render_template(
        "contracts/public/show.html",
        contract=contract,
        last_day=contract.end_until - timedelta(days=1),
        stages=milestones(contract.start_date, contract.end_until, breaks, clock.today()),
    )


def _page() -> tuple[Sequence[Contract], str | None]:
    """The asked-for page, and the reference after which the next one begins."""
    before = request.args.get("before")
    after = None
    if before:
        found = contract_by_reference(before)
        after = (found.concluded_at, found.id)
    rows = register_page(after=after, limit=PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].reference if len(rows) > PAGE else None


def _json(contracts: Sequence[Contract], next_reference: str | None) -> ResponseReturnValue:
    following = url_for("contracts.index_json", before=next_reference) if next_reference else None
    return jsonify({"contracts": [register_row(contract) for contract in contracts], "next": following})


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
