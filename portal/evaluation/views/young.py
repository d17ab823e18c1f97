"""A young person's sitting: one thing a screen, from the welcome to the thank you."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.browser import leave, origin
from portal.accounts.signing_in import sign_out
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.declaring import declare_interest
from portal.evaluation.forms.panels import GO_BACK, GO_EASIER, GO_LATER, YoungAnswerForm, young_declaration_form
from portal.evaluation.models import PanelMember
from portal.evaluation.published_method import points
from portal.evaluation.queries import has_declared, mates_of, opened_bids
from portal.evaluation.reading import read_bid
from portal.evaluation.rules import MODERATING
from portal.evaluation.scoring import save_score, submit_scorecards
from portal.evaluation.sittings import Sitting, sitting_of
from portal.evaluation.taking_part.agreeing import Lacks, begin_sitting, lacks
from portal.evaluation.taking_part.forms import BeginForm, PracticeForm, TogetherForm, together_form
from portal.evaluation.taking_part.pairing import (
    are_together,
    holder_of,
    not_ready,
    sit_together,
    wrong_pin,
)
from portal.evaluation.taking_part.practice import ASKED, MADE_UP, POINTS, made_up
from portal.evaluation.taking_part.practising import lacks_practice, play_practice, practice_of
from portal.evaluation.taking_part.states import Supporter
from portal.evaluation.views import young_agreeing  # noqa: F401  (its pages are the same blueprint's)
from portal.evaluation.views.young_seat import Seat, bp, own_seat
from portal.safeguarding.help_lines import HELP_LINES
from portal.web.access import actor, for_panel, public, safe_next
from portal.web.forms import PlainForm
from portal.web.submissions import saves_a_draft

BIGGER = "bigger"
"""In the session: letters a quarter bigger, until the sitting is over."""

MET = "met"
"""In the address: they have read the bidder's summary and go on to its first question."""


@bp.route("/begin", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def begin() -> ResponseReturnValue:
    """Whether they take part, the first time, and which adult is with them."""
    seat, form = own_seat(), BeginForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: begin_sitting(
            work=seat.work,
            session_id=current_user.session_id,
            supporter=Supporter(form.supporter.data),
            agrees=form.agrees.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return redirect(safe_next(request.args.get("next"), url_for(".index")))
    asks = lacks(seat.work, seat.member) is Lacks.OWN
    return render_template("evaluation/young/begin.html", form=form, asks=asks), form.status_code


@bp.get("")
@for_panel(Role.YOUNG_MEMBER)
def index() -> ResponseReturnValue:
    """Welcome, or welcome back."""
    seat = own_seat()
    if seat.work.policy_state == MODERATING and has_declared(seat.member):
        return redirect(url_for(".agreed"))
    if policy.allows(actor(), Verb.READ_INFLUENCE, seat.work) and seat.work.itt.has_outcome:
        return redirect(url_for("influence.young"))
    if not seat.is_open:
        return render_template("evaluation/young/closed.html", work=seat.work)
    declared = has_declared(seat.member)
    found = sitting_of(seat.work, holder_of(seat.member) or seat.member)
    if found.is_submitted:
        return render_template("evaluation/young/finished.html", sitting=found)
    if (elsewhere := _before_start(seat, found, declared)) is not None:
        return elsewhere
    return render_template(
        "evaluation/young/start.html",
        sitting=found,
        declared=declared,
        practised=practice_of(seat.member),
        must_practise=lacks_practice(seat.work, seat.member),
    )


@bp.get("/practice")
@for_panel(Role.YOUNG_MEMBER)
def practice() -> ResponseReturnValue:
    """What practising is, how far they are, and the certificate of whoever has practised."""
    member = own_seat().member
    return render_template("evaluation/young/practice.html", held=practice_of(member), member=member, made_up=MADE_UP)


@bp.route("/practice/<int:number>", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def practise(number: int) -> ResponseReturnValue:
    """One made-up answer and the faces, without words."""
    seat, form, answer = own_seat(), PracticeForm(), made_up(number)
    if form.validate_on_submit() and form.carry_out(
        lambda: play_practice(
            work=seat.work, number=number, picked=form.score.data or "", actor=actor(), now=clock.now()
        )
    ):
        return redirect(url_for(".practised", number=number, picked=form.outcome))
    shown = {"number": number, "total": len(MADE_UP), "asked": ASKED, "answer": answer, "points": POINTS}
    return render_template("evaluation/young/practise.html", form=form, **shown), form.status_code


@bp.get("/practice/<int:number>/usual/<int:picked>")
@for_panel(Role.YOUNG_MEMBER)
def practised(number: int, picked: int) -> ResponseReturnValue:
    """What most people think of a made-up answer, and why."""
    if picked >= len(POINTS):
        raise NotFound("There is no such face.")
    answer = made_up(number)
    usual = [point for point in POINTS if answer.agrees_with(int(point.score))]
    shown = {"number": number, "total": len(MADE_UP), "answer": answer, "picked": picked, "usual": usual}
    return render_template("evaluation/young/practised.html", **shown)


@bp.route("/know", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def know() -> ResponseReturnValue:
    """The declaration in plain words."""
    seat = own_seat()
    bids = sorted(opened_bids(seat.work.itt_id), key=lambda bid: bid.bid.provider.name_fold)
    form = young_declaration_form(bids)
    if form.validate_on_submit() and form.carry_out(
        lambda: declare_interest(work=seat.work, answers=form.answers(bids), actor=actor(), now=clock.now())
    ):
        linked = sitting_of(seat.work, seat.member).standing.waits
        return redirect(url_for(".link") if linked else url_for(".question", number=1))
    return render_template("evaluation/young/know.html", form=form, bids=bids), form.status_code


@bp.route("/together", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def together() -> ResponseReturnValue:
    """Whoever scores with them types their own PIN; whoever scores on another's card reads where."""
    seat = own_seat()
    if not seat.is_open or not has_declared(seat.member):
        return redirect(url_for(".index"))
    mates, form = mates_of(seat.member), together_form(mates_of(seat.member))
    if form.validate_on_submit() and form.carry_out(lambda: _sit_together(seat, form)):
        wrong = form.outcome
        if wrong is None:
            return redirect(url_for(".index"))
        form.refuse(wrong_pin(wrong))
    shown = {"mates": mates, "holder": holder_of(seat.member), "missing": not_ready(seat.work, seat.member)}
    return render_template("evaluation/young/together.html", form=form, **shown), form.status_code


@bp.get("/link")
@for_panel(Role.YOUNG_MEMBER)
def link() -> ResponseReturnValue:
    """Thank them for telling of a link, and say what they can do until somebody has decided."""
    seat = own_seat()
    holder = holder_of(seat.member) or seat.member
    found = sitting_of(seat.work, holder)
    if not seat.is_open or not found.standing.waits:
        return redirect(url_for(".index"))
    return render_template("evaluation/young/link.html", sitting=found, together=mates_of(holder))


@bp.get("/questions/<int:number>")
@for_panel(Role.YOUNG_MEMBER)
def question(number: int) -> ResponseReturnValue:
    """One question about one provider."""
    return _not_yet(own_seat()) or _question_page(number)


@bp.post("/questions/<int:number>")
@for_panel(Role.YOUNG_MEMBER)
@saves_a_draft
def answer(number: int) -> ResponseReturnValue:
    """Save the answer and go on, back, or past it; the numbers move where a group is theirs no longer, or again."""
    seat = own_seat()
    if (elsewhere := _not_yet(seat)) is not None:
        return elsewhere
    found, about = sitting_of(seat.work, seat.member), request.args.get("about")
    screen = found.screen_about(about) if about else found.screen(number)
    if screen is None:
        return redirect(url_for(".index"))
    form = YoungAnswerForm(data=screen.given())
    if form.validate_on_submit() and form.carry_out(
        lambda: save_score(
            work=seat.work,
            bid_id=screen.bid_id,
            criterion=screen.leaf.key,
            **form.entry(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        return redirect(_next(sitting_of(seat.work, seat.member), screen.number, form.go.data or ""))
    return _question_page(screen.number, form)


@bp.route("/check", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def check() -> ResponseReturnValue:
    """Look at everything once more, and finish: the sitting ends."""
    seat = own_seat()
    form = PlainForm()
    if request.method == "POST" and seat.is_open and not _is_complete(seat):
        return redirect(url_for(".together"))
    if form.validate_on_submit() and form.carry_out(
        lambda: submit_scorecards(work=seat.work, actor=actor(), now=clock.now())
    ):
        sign_out(signed_in=current_user._get_current_object(), now=clock.now())
        leave()
        return redirect(url_for(".thank_you"))
    if (elsewhere := _not_yet(seat)) is not None:
        return elsewhere
    found = sitting_of(seat.work, seat.member)
    if found.standing.waits and found.is_complete:
        return redirect(url_for(".link"))
    return render_template("evaluation/young/check.html", form=form, sitting=found), form.status_code


@bp.route("/easier", methods=["GET", "POST"])
@for_panel(Role.YOUNG_MEMBER)
def easier() -> ResponseReturnValue:
    """What makes the pages easier, and the way back to where they were."""
    form, back = PlainForm(), safe_next(request.args.get("next"), url_for(".index"))
    if form.validate_on_submit():
        session[BIGGER] = not session.get(BIGGER, False)
        return redirect(url_for(".easier", next=back))
    return render_template("evaluation/young/easier.html", form=form, back=back)


@bp.get("/thank-you")
@public
def thank_you() -> ResponseReturnValue:
    """What happens next; the sitting has ended, so nothing here is anybody's."""
    return render_template("evaluation/young/thank_you.html", lines=HELP_LINES)


@bp.get("/help")
@public
def help() -> ResponseReturnValue:
    """Whom a child can talk to at any hour; whoever sits comes back to where they were."""
    return render_template("evaluation/young/help.html", lines=HELP_LINES)


def _not_yet(seat: Seat) -> ResponseReturnValue | None:
    """Where a young person goes who may not read now: nobody scores, or they have still to declare or to practise."""
    if not seat.is_open:
        return redirect(url_for(".index"))
    if not has_declared(seat.member):
        return redirect(url_for(".know"))
    if lacks_practice(seat.work, seat.member):
        return redirect(url_for(".practice"))
    return None if _is_complete(seat) else redirect(url_for(".together"))


def _before_start(seat: Seat, found: Sitting, declared: bool) -> ResponseReturnValue | None:
    """Where whoever has declared goes before their start: to who scores with them, or to what waits for others."""
    if declared and not _is_complete(seat):
        return redirect(url_for(".together"))
    return redirect(url_for(".link")) if found.standing.waits and found.is_complete else None


def _is_complete(seat: Seat) -> bool:
    """Whether they score on their own scorecards, and everybody who scores with them is there."""
    return holder_of(seat.member) is None and are_together(seat.member, current_user.session_id)


def _sit_together(seat: Seat, form: TogetherForm) -> PanelMember | None:
    return sit_together(
        work=seat.work,
        session_id=current_user.session_id,
        pins=form.pins(),
        origin=origin(),
        keys=current_app.extensions["keys"],
        actor=actor(),
        now=clock.now(),
    )


def _next(found: Sitting, number: int, go: str) -> str:
    if go == GO_EASIER:
        return url_for(".easier", next=url_for(".question", number=number))
    if go == GO_BACK:
        return url_for(".question", number=max(1, number - 1))
    if number == len(found.screens) or (go != GO_LATER and found.is_complete):
        return url_for(".check")
    return url_for(".question", number=number + 1)


def _question_page(number: int, form: YoungAnswerForm | None = None) -> ResponseReturnValue:
    seat = own_seat()
    found = sitting_of(seat.work, seat.member)
    screen = found.screen(number)
    reading = read_bid(work=seat.work, bid_id=screen.bid_id, actor=actor(), criterion=screen.leaf.key)
    answers = reading.answers[screen.leaf.key]
    summary = [each for each in reading.summary if each.shown.text and each not in answers]
    shown = {"sitting": found, "screen": screen, "number": number, "summary": summary}
    meets = found.is_first_of_bid(screen) and screen.score is None and MET not in request.args
    if form is None and summary and meets:
        return render_template(
            "evaluation/young/meet.html", onwards=url_for(".question", number=number, met=1), **shown
        )
    form = form or YoungAnswerForm(data=screen.given())
    page = render_template(
        "evaluation/young/question.html", form=form, answers=answers, points=points(screen.leaf.scale), **shown
    )
    return page, form.status_code
