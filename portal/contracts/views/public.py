"""The public register of contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from portal.contracts.queries import PAGE, contract_by_reference, register_page
from portal.contracts.register import register_csv, register_row
from portal.web.access import public

bp = Blueprint("contracts", __name__, url_prefix="/contracts")


@bp.get("")
@public
def index() -> Any:
    """The register, newest first, a page at a time."""
    before = request.args.get("before")
    after = None
    if before:
        found = contract_by_reference(before)
        after = (found.concluded_at, found.id)
    rows = register_page(after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    next_href = url_for("contracts.index", before=shown[-1].reference) if len(rows) > PAGE else None
    if _wants_json():
        return jsonify({"contracts": [register_row(contract) for contract in shown], "next": next_href})
    return render_template(
        "contracts/public/index.html", contracts=shown, next_href=next_href, one_day=timedelta(days=1)
    )


@bp.get(".json", endpoint="index_json")
@public
def index_json() -> Any:
    """The register's newest page as JSON."""
    return jsonify({"contracts": [register_row(contract) for contract in register_page()]})


@bp.get(".csv")
@public
def csv() -> Any:
    """The whole register as CSV."""
    body = register_csv(register_page(limit=100_000))
    headers = {"Content-Disposition": 'attachment; filename="contracts.csv"'}
    return Response(body, mimetype="text/csv", headers=headers)


@bp.get("/<reference>")
@public
def show(reference: str) -> Any:
    """One contract."""
    contract = contract_by_reference(reference.removesuffix(".json"))
    if reference.endswith(".json") or _wants_json():
        return jsonify(register_row(contract))
    return render_template(
        "contracts/public/show.html", contract=contract, last_day=contract.end_until - timedelta(days=1)
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
