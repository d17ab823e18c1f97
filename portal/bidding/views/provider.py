"""The provider's pages: draft a bid, check it, submit it, keep its receipt."""

from __future__ import annotations

import uuid
from decimal import Decimal
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.calling_submitters import still_called
from portal.accounts.queries import names_by_id
from portal.bidding.abandoning import abandon_bid
from portal.bidding.completeness import gaps_of
from portal.bidding.confidential import marked_in
from portal.bidding.documents import attach_files, read_file, remove_file, replace_file, unreadable_files
from portal.bidding.drafting import save_answers, save_price, start_bid
from portal.bidding.envelopes import content_of
from portal.bidding.form_of_tender import edition_for, statements_for
from portal.bidding.forms.bids import PriceForm, StartForm, SubmitForm, answers_form
from portal.bidding.forms.files import ReplaceForm, documents_form
from portal.bidding.models import Bid
from portal.bidding.own_lots import own_lots
from portal.bidding.partners import partners_in
from portal.bidding.progress import as_asked, bid_progress, file_questions, status_of
from portal.bidding.queries import (
    biddable_itt,
    bids_of_provider,
    own_bid,
    own_bid_alone,
    versions_of,
    why_set_aside,
)
from portal.bidding.readying import say_bid_is_ready
from portal.bidding.receipts import secrets_of, whole_receipt
from portal.bidding.remarks import as_told, remarks_of
from portal.bidding.sealing import submit_bid, withdraw_bid
from portal.bidding.validity import validity_of
from portal.bidding.views.pages import (
    SIZES,
    about_files,
    about_price,
    answers_page,
    around,
    asked,
    asked_then,
    beside,
    carried_out,
    draft_of,
    file_store,
    gap_links,
    key_folder,
    refused,
    report_refused,
    saved_answers,
    saved_price,
    section_named,
    shown,
    submitted_parts,
)
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.core.signed import as_text
from portal.core.spelled import pounds_spelled
from portal.tendering.by_lot import formula_in
from portal.tendering.explaining import told
from portal.tendering.lots import award_words
from portal.tendering.public_state import public_state
from portal.tendering.question_kinds.schedule import first_gap, schedule_in
from portal.web.access import actor, for_provider
from portal.web.downloads import attachment
from portal.web.downloads import download as text_download
from portal.web.editing import locks_itself
from portal.web.forms import PlainForm
from portal.web.submissions import saves_a_draft
from portal.web.uploads import takes_files

bp = Blueprint("bids", __name__, url_prefix="/provider/bids")
bp.add_app_template_filter(pounds_spelled)


@bp.get("")
@for_provider()
def index() -> str:
    """The bids of the provider."""
    provider_id = actor().provider_id
    bids = bids_of_provider(provider_id) if provider_id else []
    return render_template("bidding/provider/index.html", bids=bids, bid_progress=bid_progress, now=clock.now())


@bp.route("/start/<reference>", methods=["GET", "POST"])
@for_provider()
def start(reference: str) -> ResponseReturnValue:
    """Start a bid for each chosen lot of a published invitation."""
    itt = biddable_itt(reference)
    form = StartForm()
    form.offer(itt.lots)
    begin = partial(start_bid, itt=itt, actor=actor())
    if form.validate_on_submit() and form.carry_out(lambda: [begin(lot=lot) for lot in form.chosen]):
        return redirect(url_for("bids.show", reference=form.outcome[0].reference))
    now = clock.now()
    page = render_template(
        "bidding/provider/start.html",
        form=form,
        itt=itt,
        now=now,
        standing=told(itt, actor().provider_id, now),
        state=public_state(itt, now),
        limits=award_words(itt),
    )
    return page, form.status_code


@bp.get("/<reference>")
@for_provider()
def show(reference: str) -> str:
    """The task list of one bid."""
    bid = own_bid(reference, actor())
    content = draft_of(bid)
    questions, sections = asked(bid)
    return render_template(
        "bidding/provider/show.html",
        bid=bid,
        content=content,
        sections=[(section, status_of(section.questions, content)) for section in sections],
        documents=(file_questions(questions), status_of(file_questions(questions), content)),
        gaps=gaps_of(as_asked(questions), content),
        lots=own_lots(bid, actor=actor(), keys=key_folder()),
        versions=versions_of(bid) if bid.version else [],
        set_aside=why_set_aside(bid),
        validity=validity_of(bid),
        **around(bid),
    )


@bp.route("/<reference>/answers", methods=["GET", "POST"])
@bp.route("/<reference>/answers/<section>", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
def answers(reference: str, section: str | None = None) -> ResponseReturnValue:
    """Answer the questions of a section (or all of them), and save."""
    bid = own_bid(reference, actor())
    _questions, sections = asked(bid)
    chosen = section_named(sections, section)
    form = answers_form(as_asked(chosen.questions))
    form.beside = partial(beside, bid, as_asked(chosen.questions))
    save = partial(save_answers, bid=bid, actor=actor(), keys=key_folder())
    act = partial(save, answers=form.answers, loaded=form.loaded_answers)
    if carried_out(form, bid, "save", act) and not (form.outcome.conflicts or form.undecided):
        return saved_answers(form, bid, section)
    return answers_page(form, bid, section)


@bp.route("/<reference>/price", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
def price(reference: str) -> ResponseReturnValue:
    """Give the price."""
    bid = own_bid(reference, actor())
    content, schedule = draft_of(bid), schedule_in(as_asked(asked(bid)[0]))
    if schedule is not None:
        return redirect(url_for("bid_rates.show", reference=reference, first=first_gap(schedule, content.answers)))
    stored = content.price
    form = PriceForm(price=Decimal(stored) if stored else None)
    form.beside = partial(beside, bid, [])
    save = partial(save_price, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "save", lambda: save(price=form.price.data)):
        return saved_price(form, bid)
    return shown("price", form, bid, **about_price(bid.lot, stored))


@bp.route("/<reference>/documents", methods=["GET", "POST"])
@for_provider()
@takes_files(2)
def documents(reference: str) -> ResponseReturnValue:
    """Attach files; what cannot be kept is named, and the rest is kept."""
    bid = own_bid(reference, actor())
    slots = file_questions(asked(bid)[0])
    form = documents_form(slots)
    attach = partial(attach_files, bid=bid, actor=actor(), keys=key_folder(), files=file_store())
    if carried_out(
        form,
        bid,
        "attach",
        lambda: {key: attach(question=key, uploads=files) for key, files in form.chosen.items()},
    ):
        report_refused(form)
        if not form.errors:
            return redirect(url_for("bids.documents", reference=bid.reference))
    return shown("documents", form, bid, act="attach", slots=slots, **about_files(bid))


@bp.route("/<reference>/documents/<uuid:file_id>/replace", methods=["GET", "POST"])
@for_provider()
@takes_files(2)
def replace(reference: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """Put another file in the place of one."""
    bid = own_bid(reference, actor())
    entry = draft_of(bid).file(file_id)
    if entry is None:
        raise NotFound("That file is not in the draft any more.")
    form = ReplaceForm()
    act = partial(replace_file, bid=bid, actor=actor(), keys=key_folder(), files=file_store(), file_id=file_id)
    if carried_out(form, bid, "attach", lambda: act(upload=form.file.upload)):
        flash(f"{form.outcome} is attached instead of {entry['name']}.", "success")
        return redirect(url_for("bids.documents", reference=bid.reference))
    return shown("replace", form, bid, act="attach", entry=entry, sizes=SIZES)


@bp.post("/<reference>/documents/<uuid:file_id>/remove")
@for_provider()
def remove(reference: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """Remove one file from the draft."""
    bid = own_bid(reference, actor())
    form = PlainForm()
    act = partial(remove_file, bid=bid, actor=actor(), keys=key_folder(), files=file_store(), file_id=file_id)
    if carried_out(form, bid, "remove", act):
        flash("The file is removed from your draft.", "success")
        return redirect(url_for("bids.documents", reference=bid.reference))
    return refused(form, bid, "remove")


@bp.get("/<reference>/documents/<uuid:file_id>")
@for_provider()
def download(reference: str, file_id: uuid.UUID) -> Response:
    """Download one of the provider's own files, of the draft or of what it submitted."""
    bid = own_bid(reference, actor())
    content = draft_of(bid)
    if content.file(file_id) is None and bid.version:
        content = content_of(submitted_parts(bid)[1])
    entry, data = read_file(bid=bid, actor=actor(), content=content, files=file_store(), file_id=file_id)
    return attachment(entry["name"], data, entry["media_type"])


@bp.get("/<reference>/check")
@for_provider()
def check(reference: str) -> ResponseReturnValue:
    """Show back everything that is stored, and offer to submit it."""
    return _check_page(SubmitForm(formdata=None), own_bid(reference, actor()))


@bp.post("/<reference>/submit")
@for_provider()
@locks_itself
def submit(reference: str) -> ResponseReturnValue:
    """Submit the bid; with answers in the request, save and submit them in one step."""
    bid = own_bid_alone(reference, actor())
    policy.require(actor(), Verb.SUBMIT, bid)
    form = SubmitForm()
    typed = {name[8:]: text for name, text in request.form.items() if name.startswith("answers-")}
    act = partial(submit_bid, bid=bid, actor=actor(), keys=key_folder(), answers=typed)
    asked_for = lambda: act(  # noqa: E731
        idempotency_key=form.key,
        expected_revision=form.expected_revision,
        told=form.told.data or "",
        declared=form.declared.data or "",
        seen=form.seen_version,
    )
    if carried_out(form, bid, "submit", asked_for):
        return redirect(url_for("bids.receipt", reference=reference, number=form.outcome.version))
    bid = own_bid(reference, actor())
    return answers_page(form, bid, request.form.get("section") or None) if typed else _check_page(form, bid)


@bp.post("/<reference>/ready")
@for_provider()
def call_submitters(reference: str) -> ResponseReturnValue:
    """Tell those who may submit the bid that it is ready."""
    bid = own_bid(reference, actor())
    if PlainForm().validate_on_submit():
        say_bid_is_ready(bid=bid, actor=actor(), keys=key_folder())
        flash("Your submitters and administrators are told that the bid is ready. It is not submitted yet.", "success")
    return redirect(url_for("bids.check", reference=bid.reference))


@bp.get("/<reference>/receipt")
@bp.get("/<reference>/receipt/<int:number>")
@for_provider()
def receipt(reference: str, number: int | None = None) -> str:
    """The receipt of a submitted version, the last one without a number."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    whole = whole_receipt(version.receipt, parts)
    return render_template(
        "bidding/provider/receipt.html",
        bid=bid,
        version=version,
        receipt=whole,
        secrets=secrets_of(whole),
        submitted_by=names_by_id(version.submitted_by_id)[version.submitted_by_id],
        **around(bid),
    )


@bp.get("/<reference>/receipt/<int:number>.json")
@for_provider()
def receipt_file(reference: str, number: int) -> Response:
    """The receipt as a file that anybody can verify."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    text = as_text(whole_receipt(version.receipt, parts))
    return text_download(f"receipt-{bid.reference}-{number}.json", text, "application/json")


@bp.get("/<reference>/submitted")
@bp.get("/<reference>/submitted/<int:number>")
@for_provider()
def submitted(reference: str, number: int | None = None) -> str:
    """What was submitted, read back from its seal."""
    bid = own_bid(reference, actor())
    version, parts = submitted_parts(bid, number)
    questions, sections = asked_then(bid, version)
    content = content_of(parts)
    return render_template(
        "bidding/provider/submitted.html",
        bid=bid,
        version=version,
        content=content,
        marked=marked_in(content, as_asked(questions)),
        partners=partners_in(content),
        sections=sections,
        schedule=schedule_in(as_asked(questions)),
        **around(bid),
    )


@bp.route("/<reference>/withdraw", methods=["GET", "POST"])
@for_provider()
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw the submitted bid."""
    bid = own_bid(reference, actor())
    policy.require(actor(), Verb.WITHDRAW, bid)
    form = PlainForm()
    if carried_out(form, bid, "withdraw", lambda: withdraw_bid(bid=bid, actor=actor())):
        flash("Your bid is withdrawn. Nothing of it will be opened.", "success")
        return redirect(url_for("bids.show", reference=bid.reference))
    return shown("withdraw", form, bid, act="withdraw")


@bp.route("/<reference>/abandon", methods=["GET", "POST"])
@for_provider()
def abandon(reference: str) -> ResponseReturnValue:
    """Delete a draft that was never submitted."""
    bid = own_bid(reference, actor())
    policy.require(actor(), Verb.ABANDON, bid)
    form = PlainForm()
    act = partial(abandon_bid, bid=bid, actor=actor(), files=file_store())
    if carried_out(form, bid, "abandon", act):
        flash("The draft is deleted. Nothing of it was ever sent.", "success")
        return redirect(url_for("bids.index"))
    return shown("abandon", form, bid, act="abandon")


def _check_page(form: SubmitForm, bid: Bid) -> ResponseReturnValue:
    content = draft_of(bid)
    questions, sections = asked(bid)
    gaps = gaps_of(as_asked(questions), content)
    remarks = remarks_of(as_asked(questions), content, formula_in(bid.lot))
    form.revision.data, form.idempotency_key.data = str(bid.draft_revision), str(uuid.uuid4())
    form.told.data, form.declared.data = as_told(remarks), edition_for(bid.itt.validity_days)
    form.seen.data = str(bid.itt.method_version)
    return shown(
        "check",
        form,
        bid,
        act="submit",
        content=content,
        sections=sections,
        gaps=gaps,
        schedule=schedule_in(as_asked(questions)),
        remarks=remarks,
        statements=statements_for(bid.itt.validity_days),
        marked=marked_in(content, as_asked(questions)),
        partners=partners_in(content),
        gap_links=gap_links(bid, gaps, sections),
        called_at=still_called(bid.ready_at, bid.draft_saved_at),
        unreadable=unreadable_files(bid=bid, content=content, files=file_store()),
    )
