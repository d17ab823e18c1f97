"""The bid form of a draft, as the bidders for a lot will see it: drawn by what draws it for them, and sent nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.bidding.contents import Content
from portal.bidding.form_of_tender import statements_for
from portal.bidding.forms.bids import PriceForm, answers_form
from portal.bidding.forms.files import documents_form
from portal.bidding.progress import Section, as_asked, file_questions, questions_for, sections_of
from portal.bidding.views.pages import about_price
from portal.bidding.views.rates import parts_from, rows_shown
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.tendering.queries import find_itt
from portal.tendering.question_kinds.schedule import schedule_in
from portal.tendering.weighing import effective_in
from portal.web.access import actor, for_authority

bp = Blueprint("bid_form_preview", __name__, url_prefix="/commissioning/itts/<reference>/draft/bid-form")


@dataclass(frozen=True)
class Page:
    """One page of the form: `kind` names its piece of the template."""

    title: str
    kind: str
    section: Section | None = None


@bp.get("")
@bp.get("/<int:number>")
@bp.get("/<int:number>/<int:place>")
@bp.get("/<int:number>/<int:place>/<int:first>")
@for_authority()
def show(reference: str, number: int = 1, place: int = 1, first: int = 1) -> ResponseReturnValue:
    """One page of the form for one lot; of a price schedule the rows from `first` on. Nothing of it can be sent."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    lot = _lot_numbered(itt, number)
    questions = questions_for(itt, lot.id)
    pages = _pages_of(itt, questions)
    if not 1 <= place <= len(pages):
        raise NotFound("The bid form has no such page.")
    page = pages[place - 1]
    asked = _asked_on(page, lot, questions, first)
    return render_template(
        "bidding/commissioner/bid_form.html", itt=itt, lot=lot, pages=pages, page=page, place=place, **asked
    )


def _lot_numbered(itt: InvitationToTender, number: int) -> Lot:
    found = next((lot for lot in itt.lots if lot.number == number), None)
    if found is None:
        raise NotFound("There is no lot with that number.")
    return found


def _pages_of(itt: InvitationToTender, questions: list[Question]) -> list[Page]:
    """The pages in the order of a bid’s task list."""
    answers = [Page(section.title, "answers", section) for section in sections_of(questions, itt.criteria)]
    documents = [Page("Documents", "documents")] if file_questions(questions) else []
    price = Page("Your price", "rates" if schedule_in(as_asked(questions)) else "price")
    return [*answers, *documents, price, Page("Check your answers and submit", "submit")]


def _asked_on(page: Page, lot: Lot, questions: list[Question], first: int) -> dict[str, Any]:
    """What the template of a page needs beside the page itself."""
    if page.section is not None:
        worth = {row.criterion.id: row for row in effective_in(lot).rows}
        return {"form": answers_form(as_asked(page.section.questions)), "worth": worth, "content": Content()}
    if page.kind == "documents":
        slots = file_questions(questions)
        return {"form": documents_form(slots), "slots": slots}
    if page.kind == "submit":
        return {"statements": statements_for(lot.itt.validity_days)}
    schedule = schedule_in(as_asked(questions))
    if schedule is None:
        return {"form": PriceForm(), "schedule": None, **about_price(lot, None)}
    form = answers_form(parts_from(schedule, first))
    return {"form": form, **rows_shown(schedule, first), **about_price(lot, None)}
