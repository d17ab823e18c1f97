#!/usr/bin/env python3
"""Name what nothing in the product uses: functions, methods, properties, classes, imports, constants.

vulture reads the modules; what only a template or the table of commands names is used, too. What only a test names is
not. Columns and fields are not asked about: many are there to be kept, not to be read again.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes
from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("portal", "tender_scoring", "worker")
COMMAND = re.compile(r"\w+\.(\w+)")

NOT_ASKED = {
    "gunicorn.py": "its names are gunicorn's settings",
    "web_worker.py": "gunicorn and waitress call what it overrides",
    "mailbox.py": "aiosmtpd and http.server call what it overrides",
    "tables.py": "its imports are there to be done",
}
ALLOWED = {
    "validate_*": "WTForms calls it for the field of that name",
    "process_data": "WTForms calls it",
    "process_formdata": "WTForms calls it",
    "get_translations": "WTForms asks it for its messages",
    "ngettext": "WTForms asks it for its messages",
    "to_python": "Werkzeug calls it for a part of an address",
    "events_of": "the tests' and an auditor's way to read one chain",
    "drop_database": "the tests throw their databases away",
    "bundled_calendar": "the tests count working days without a database",
}
DECORATORS = [
    "@*.get",
    "@*.post",
    "@*.route",
    "@*.before_request",
    "@*.after_request",
    "@*.before_app_request",
    "@*.after_app_request",
    "@*.app_errorhandler",
    "@*.url_value_preprocessor",
    "@*.user_loader",
    "@validates",
    "@after_agreeing",
    "@after_taking",
    "@before_giving",
    "@*.expression",
]


def named_in_templates() -> Iterator[str]:
    """Every name, attribute, filter and test of the templates."""
    environment = Environment(extensions=["jinja2.ext.do"])
    for path in sorted((ROOT / "templates").rglob("*.*")):
        tree = environment.parse(path.read_text())
        yield from (node.attr for node in tree.find_all(nodes.Getattr))
        yield from (node.name for node in tree.find_all((nodes.Name, nodes.Filter, nodes.Test)))
        # `selectattr("is_far_apart")`: the filters that take an attribute take it as text.
        yield from (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))


def named_in_commands() -> Iterator[str]:
    """The functions that the table of commands names as text: "inspecting.ledger"."""
    for node in ast.walk(ast.parse((ROOT / "portal/cli.py").read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := COMMAND.fullmatch(node.value)):
            yield found[1]


def unused() -> Iterator[str]:
    """One line for each finding."""
    vulture = Vulture(ignore_names=list(ALLOWED), ignore_decorators=DECORATORS)
    vulture.scavenge([str(ROOT / package) for package in PACKAGES])
    vulture.used_names.update([*named_in_templates(), *named_in_commands()])
    for item in vulture.get_unused_code():
        source = item.filename.read_text().splitlines()[item.first_lineno - 1]
        is_kept = item.typ == "attribute" or (item.typ == "variable" and source.startswith(" "))
        if not is_kept and item.filename.name not in NOT_ASKED:
            yield f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: nothing uses {item.typ} {item.name}"


if __name__ == "__main__":
    findings = list(unused())
    print("\n".join(findings) or "nothing", file=sys.stderr if findings else sys.stdout)
    sys.exit(bool(findings))
