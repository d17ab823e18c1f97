"""What a person does with a page of a draft: fill in its form, read its errors and its task list."""

from __future__ import annotations

from typing import Any

from tests.client import CheckedClient
from tests.pages import read


def filled(client: CheckedClient, address: str) -> tuple[str, dict[str, Any]]:
    """The form at an address: where it is sent, and what it would send as it is shown."""
    page = read(client.get(address).text)
    form = next(form for form in page.find_all("form") if "fl-form" in (form.get("class") or []))
    sent: dict[str, Any] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        if control.get("type") in {"radio", "checkbox"} and not control.has_attr("checked"):
            continue
        if control.name == "select":
            chosen = control.find("option", selected=True)
            sent[str(control["name"])] = chosen["value"] if chosen else ""
        else:
            sent[str(control["name"])] = control.get("value", control.get_text().removeprefix("\n"))
    return str(form["action"]), sent


def post(client: CheckedClient, address: str, **data: Any) -> Any:
    """Send the form at an address with what it shows, some fields changed ("__" in a name stands for "-")."""
    action, sent = filled(client, address)
    changed = {name.replace("__", "-"): value for name, value in data.items()}
    return client.post(action, data={k: v for k, v in (sent | changed).items() if v is not None})


def errors_of(answer: Any) -> dict[str, str]:
    """The error summary: what it links to, and its words."""
    summary = read(answer.text).select(".fl-errors li")
    return {(item.a["href"] if item.a else ""): item.get_text(strip=True) for item in summary}


def statuses_of(page: str) -> dict[str, str]:
    """The task list: each task and its status."""
    rows = read(page).select(".govuk-task-list__item")
    names = [row.select_one(".govuk-task-list__name-and-hint > *").get_text(strip=True) for row in rows]  # type: ignore[union-attr]
    return dict(
        zip(names, [row.select_one(".fl-tag").get_text(strip=True) for row in rows], strict=True)  # type: ignore[union-attr]
    )
