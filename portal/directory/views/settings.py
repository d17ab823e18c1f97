"""A provider's settings: its places, how many are free, and what each offers on which lot."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.directory.forms.settings import NewSettingForm, OffersForm, SettingForm, VacanciesForm
from portal.directory.offering import lot_to_offer_on, lots_to_offer_on, offers_among, offers_on, set_offers
from portal.organisations.queries import provider_with_id
from portal.organisations.settings import (
    add_setting,
    change_setting,
    close_setting,
    find_setting,
    say_vacancies,
    settings_of,
)
from portal.web.access import actor, for_provider
from portal.web.forms import PlainForm

bp = Blueprint("settings", __name__, url_prefix="/provider/settings")


@bp.get("")
@for_provider()
def index() -> ResponseReturnValue:
    """List the provider's settings, each with a field for its free places."""
    return _list({})


@bp.route("/new", methods=["GET", "POST"])
@for_provider()
def new() -> ResponseReturnValue:
    """Add a setting."""
    provider = provider_with_id(actor().provider_id)
    form = NewSettingForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_setting(
            provider=provider,
            details=form.details(),
            vacancies=form.vacancies.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash(f"{form.outcome.name} is on your list. Say what it offers, so that practitioners find it.", "success")
        return redirect(url_for(".offers", setting_id=form.outcome.id))
    return render_template("directory/settings/new.html", form=form, areas=_areas()), form.status_code


@bp.route("/<uuid:setting_id>", methods=["GET", "POST"])
@for_provider()
def change(setting_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is said about a setting."""
    setting = find_setting(setting_id, actor())
    form = SettingForm.of(setting)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_setting(setting=setting, details=form.details(), actor=actor())
    ):
        flash("The setting’s details are saved.", "success")
        return redirect(url_for(".index"))
    page = render_template("directory/settings/change.html", form=form, setting=setting, areas=_areas())
    return page, form.status_code


@bp.post("/<uuid:setting_id>/vacancies")
@for_provider()
def vacancies(setting_id: uuid.UUID) -> ResponseReturnValue:
    """Say how many places are free."""
    setting = find_setting(setting_id, actor())
    form = VacanciesForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: say_vacancies(setting=setting, vacancies=form.vacancies.data or "", actor=actor(), now=clock.now())
    ):
        flash(f"{setting.name}: {setting.vacancies} free, as of now.", "success")
        return redirect(url_for(".index"))
    wrong = (form.vacancies.data or "", next(iter(form.vacancies.errors or form.form_errors), ""))
    return _list({setting_id: wrong}), form.status_code


@bp.route("/<uuid:setting_id>/close", methods=["GET", "POST"])
@for_provider()
def close(setting_id: uuid.UUID) -> ResponseReturnValue:
    """Close a setting for good."""
    setting = find_setting(setting_id, actor())
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: close_setting(setting=setting, actor=actor(), now=clock.now())
    ):
        flash(f"{setting.name} is closed.", "success")
        return redirect(url_for(".index"))
    return render_template("directory/settings/close.html", form=form, setting=setting), form.status_code


@bp.get("/<uuid:setting_id>/offers")
@for_provider()
def offers(setting_id: uuid.UUID) -> ResponseReturnValue:
    """Show on which lots the setting is offered, and on which it could be."""
    setting = find_setting(setting_id, actor())
    return render_template(
        "directory/settings/offers.html",
        setting=setting,
        lots=lots_to_offer_on(setting.provider_id, clock.now()),
        offers=offers_among([setting.id])[setting.id],
    )


@bp.route("/<uuid:setting_id>/offers/<uuid:lot_id>", methods=["GET", "POST"])
@for_provider()
def offer(setting_id: uuid.UUID, lot_id: uuid.UUID) -> ResponseReturnValue:
    """Choose what the setting offers on one lot."""
    setting = find_setting(setting_id, actor())
    lot = lot_to_offer_on(lot_id, setting.provider_id, clock.now())
    form = OffersForm.of(lot, offers_on(setting, lot))
    if form.validate_on_submit() and form.carry_out(
        lambda: set_offers(setting=setting, lot=lot, chosen=form.chosen.data or [], actor=actor(), now=clock.now())
    ):
        flash(f"What {setting.name} offers on lot {lot.number} is saved.", "success")
        return redirect(url_for(".offers", setting_id=setting.id))
    return render_template("directory/settings/offer.html", form=form, setting=setting, lot=lot), form.status_code


def _list(wrong: Mapping[uuid.UUID, tuple[str, str]]) -> str:
    """The list; `wrong`: for a setting what was typed as its free places, and why that cannot be."""
    provider = provider_with_id(actor().provider_id)
    settings = settings_of(provider.id)
    found = offers_among([setting.id for setting in settings])
    return render_template("directory/settings/index.html", settings=settings, offers=found, wrong=wrong)


def _areas() -> list[str]:
    """The names of areas that the provider's lots use, to choose from while typing."""
    provider_id = provider_with_id(actor().provider_id).id
    return sorted({area for lot in lots_to_offer_on(provider_id, clock.now()) for area in lot.areas})
