"""What the provider's pages of a bid have in common: the acts that a deadline ends, and what a page is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.bidding.arriving import PART
from portal.bidding.closing import Cancelled, TooLate, record_late_attempt
from portal.bidding.confirming import changed_since
from portal.bidding.contents import Content
from portal.bidding.drafting import earlier_of, read_draft
from portal.bidding.envelopes import Parts
from portal.bidding.form_of_tender import edition_for, statements_for
from portal.bidding.forms.bids import AnswersForm, PriceForm, RevisedForm, answers_form
from portal.bidding.forms.files import DocumentsForm
from portal.bidding.models import Bid, BidVersion
from portal.bidding.progress import (
    Section,
    as_asked,
    bid_progress,
    gaps_outside,
    questions_of,
    sections_of,
)
from portal.bidding.queries import version_of
from portal.bidding.remarks import remarks_of
from portal.bidding.sealing import read_version
from portal.bidding.stored_files import additions_of
from portal.core import clock
from portal.core.drafts import Gap, Incomplete
from portal.core.errors import NotFound, PortalError
from portal.core.inspecting import LARGEST_FILE
from portal.core.permissions import Verb, policy
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.tendering.by_lot import formula_in, weights_in
from portal.tendering.method_versions import method_version, questions_of_version
from portal.tendering.models import Lot, Question
from portal.tendering.price_limits import price_remarks
from portal.tendering.queries import load_criteria
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.tree import price_criterion
from portal.tendering.weighing import effective_in, node_marks
from portal.web.access import actor
from portal.web.editing import field_text, in_words
from portal.web.forms import BaseForm
from tender_scoring.prices import FORMULAS

Answer = tuple[str, int]


def key_folder() -> KeyFolder:
    """The installation's keys."""
    found: KeyFolder = current_app.extensions["keys"]
    return found


def file_store() -> FileStore:
    """The installation's file store."""
    found: FileStore = current_app.extensions["files"]
    return found


def carried_out(form: BaseForm, bid: Bid, name: str, act: Callable[[], Any]) -> bool:
    """Run the act of a submitted form; one that came too late is recorded after its rollback."""
    if not form.validate_on_submit():
        return False
    if form.carry_out(act):
        return True
    if isinstance(form.refusal, TooLate):
        record_late_attempt(bid=bid, actor=actor(), act=name, late=form.refusal)
    return False


SIZES = (PART, LARGEST_FILE)
"""Of a part that goes up, and of the largest file, in bytes."""
OVER: Mapping[type[Any], str] = {TooLate: "late", Cancelled: "cancelled"}
"""The pages that say that it was too late, or that there is nothing left to bid for: with what was typed."""


def shown(page: str, form: BaseForm, bid: Bid, *, act: str = "save", **context: Any) -> Answer:
    """Render a page of the bid; when the act came too late or after a cancellation, the page that says so."""
    over = OVER.get(type(form.refusal))
    if over is not None:
        body = render_template(
            f"bidding/provider/{over}.html",
            bid=bid,
            late=form.refusal,
            act=act,
            typed=_typed(form, bid),
            **around(bid),
        )
        return body, form.status_code
    return render_template(f"bidding/provider/{page}.html", form=form, bid=bid, **around(bid), **context), (
        form.status_code
    )


def refused(form: BaseForm, bid: Bid, act: str) -> Answer:
    """Answer a refused act that has no page of its own: the page for what came too late, else the error's."""
    if form.refusal is None or type(form.refusal) in OVER:
        return shown("late", form, bid, act=act)
    raise form.refusal


def around(bid: Bid) -> dict[str, Any]:
    """What every page of a bid shows: its standing, the time, and what the person may do."""
    now = clock.now()
    closed = not bid.itt.is_open(now)
    return {
        "now": now,
        "closed": closed,
        "standing": bid_progress(bid),
        "may_submit": policy.allows(actor(), Verb.SUBMIT, bid),
        "may_withdraw": not closed and policy.allows(actor(), Verb.WITHDRAW, bid),
        "may_abandon": policy.allows(actor(), Verb.ABANDON, bid),
    }


def draft_of(bid: Bid) -> Content:
    """The working draft."""
    return read_draft(bid=bid, actor=actor(), keys=key_folder())


def submitted_parts(bid: Bid, number: int | None = None) -> tuple[BidVersion, Parts]:
    """A submitted version (the last one without a number), and what its envelopes say."""
    version = version_of(bid, number)
    return version, read_version(bid=bid, version=version, actor=actor(), keys=key_folder())


def asked(bid: Bid) -> tuple[Sequence[Question], list[Section]]:
    """The questions that the bid answers, and the same in sections."""
    questions = questions_of(bid)
    return questions, sections_of(questions, bid.itt.criteria)


def asked_then(bid: Bid, version: BidVersion) -> tuple[Sequence[Question], list[Section]]:
    """The same for what a submitted version answers: in the words that were asked when it was submitted."""
    method = method_version(bid.itt_id, version.method_version)
    questions = questions_of_version(method, bid.itt, bid.lot)
    sections, titles = (
        sections_of(questions, bid.itt.criteria),
        {c["key"]: c["title"] for c in method.stated["criteria"]},
    )
    for section in sections:
        section.title = titles.get(section.key, section.title)
    return questions, sections


def section_named(sections: Sequence[Section], key: str | None) -> Section:
    """One section; all questions as one section when no key is given; raises `NotFound`."""
    if key is None:
        return Section("", "All questions", [question for part in sections for question in part.questions])
    for section in sections:
        if section.key == key:
            return section
    raise NotFound("There is no such section.")


def answers_page(form: RevisedForm, bid: Bid, section: str | None) -> Answer:
    """The page of a section: with what was typed and what was refused, whichever address it was sent to."""
    questions, sections = asked(bid)
    chosen = section_named(sections, section)
    stored = draft_of(bid)
    load_criteria(bid.itt)
    page = answers_form(as_asked(chosen.questions), stored, draft=earlier_of(bid))
    page.is_saved = form.outcome is not None
    page.show_conflicts()
    place_faults(page, as_asked(chosen.questions))
    if form.refusal is not None:
        _place(page, form.refusal)
    page.revision.data, page.idempotency_key.data = str(bid.draft_revision), str(uuid4())
    page.declared.data = edition_for(bid.itt.validity_days)
    page.seen.data = str(bid.itt.method_version)
    page.form_errors = [
        *page.form_errors,
        *(m for name in ("idempotency_key",) for m in form.errors.get(name, ())),
    ]
    return shown(
        "answers",
        page,
        bid,
        act="submit",
        section=chosen,
        section_key=section,
        content=stored,
        worth={row.criterion.id: row for row in effective_in(bid.lot).rows},
        remarks=remarks_of([question.asked for question in chosen.questions], stored, None),
        statements=statements_for(bid.itt.validity_days),
        can_submit_now=not gaps_outside(chosen.questions, questions, stored),
        changed=changed_since(bid),
    )


def beside(bid: Bid, questions: Sequence[Asked]) -> dict[str, list[str]]:
    """What the pages of the questions and of the price say beside their boxes, now that these are saved."""
    stored = draft_of(bid)
    said = {}
    for asked in questions:
        fault = asked.fault(stored.answers)
        said[f"answers-{asked.key}"] = [fault] if fault else [each.said for each in asked.remarks(stored.answers)]
    return {**said, "price": [each.said for each in price_remarks(formula_in(bid.lot), stored.price)]}


def place_faults(page: AnswersForm, questions: Sequence[Asked]) -> None:
    """Say beside each box what is wrong with what it holds: kept, and not to be submitted so."""
    for asked in questions:
        box = page.answer(asked.key)
        fault = asked.fault({asked.key: field_text(box)})
        if fault is not None:
            box.errors = [*box.errors, fault]


def saved_answers(form: AnswersForm, bid: Bid, section: str | None) -> Response:
    """Go on after saving: to the bid, or back to answers that are kept and cannot be read as they are."""
    stored = draft_of(bid).answers
    sent = [question.asked for question in questions_of(bid) if question.key in form.answers]
    if not any(asked.fault(stored) or asked.remarks(stored) for asked in sent):
        flash("Your answers are saved. They are not submitted yet.", "success")
        return redirect(url_for("bids.show", reference=bid.reference))
    flash("Your answers are saved. They are not submitted yet. What is marked needs another look.")
    return redirect(url_for("bids.answers", reference=bid.reference, section=section))


def about_files(bid: Bid) -> dict[str, Any]:
    """What the page of documents shows: what is there, who added it, and how large parts and files may be."""
    return {"content": draft_of(bid), "added": additions_of(bid), "sizes": SIZES}


def about_price(lot: Lot, price: str | None) -> dict[str, Any]:
    """What the page of the price shows beside it: how it earns its marks, and what is to be said about it."""
    criterion, formula = price_criterion(lot.itt), formula_in(lot)
    return {
        "marks_of_price": node_marks(lot.itt, weights_in(lot))[criterion.id] if criterion and formula else None,
        "stated": formula,
        "formula": FORMULAS[formula["formula"]] if formula else None,
        "remarks": list(price_remarks(formula, price)),
    }


def saved_price(form: PriceForm, bid: Bid) -> Response:
    """Go on after saving the price: to the bid, or back to a price that something is to be said about."""
    said = f"Your price, {form.price.understood}, is saved." if form.price.data else "Your price is taken out."
    flash(f"{said} It is not submitted yet.", "success")
    remarked = about_price(bid.lot, draft_of(bid).price)["remarks"]
    return redirect(url_for("bids.price" if remarked else "bids.show", reference=bid.reference))


def report_refused(form: DocumentsForm) -> None:
    """Name what was refused beside its box, with what was kept all the same; what was kept, and is double, on top."""
    for key, attached in form.outcome.items():
        for name in attached.kept:
            flash(f"{name} is attached.", "success")
        for sentence in attached.doubled:
            flash(sentence, "warning")
        kept = f" Kept all the same: {', '.join(attached.kept)}." if attached.kept else ""
        form.box(key).errors = [" ".join(attached.refused) + kept] if attached.refused else []


def gap_links(bid: Bid, gaps: Sequence[Gap], sections: Sequence[Section]) -> list[dict[str, str]]:
    """What still has to be done, each with the page where it is done."""
    places = {question.key: (section, question) for section in sections for question in section.questions}
    links = []
    for gap in gaps:
        if gap.key not in places:
            href = url_for("bids.price", reference=bid.reference)
        else:
            section, question = places[gap.key]
            if question.asked.kind.takes_files:
                href = url_for("bids.documents", reference=bid.reference, _anchor=f"files-{gap.key}")
            else:
                href = url_for(
                    "bids.answers", reference=bid.reference, section=section.key, _anchor=f"answers-{gap.key}"
                )
        links.append({"text": gap.message, "href": href})
    return links


def _typed(form: BaseForm, bid: Bid) -> list[tuple[str, str]]:
    """What a person had written into a form, by label, as people read it."""
    asked = {f"answers-{question.key}": question.asked for question in questions_of(bid)}
    return [
        (box.label.text, asked[box.name].shown({asked[box.name].key: field_text(box)}).text)
        if box.name in asked
        else (box.label.text, in_words(box))
        for box in form
        if box.name.startswith(("answers-", "price")) and box.data
    ]


def _place(page: Any, refusal: PortalError) -> None:
    """Show a refusal on the answers page: each gap beside its answer, the others at the top."""
    gaps = refusal.gaps if isinstance(refusal, Incomplete) else ()
    for gap in gaps:
        if f"answers-{gap.key}" in page:
            box = page.answer(gap.key)
            box.errors = [*box.errors, *({gap.message} - set(box.errors))]
        else:
            page.form_errors = [*page.form_errors, gap.message]
    if gaps:
        page.refusal = refusal
    else:
        page.refuse(refusal)
