"""The application: extensions, blueprints in the order of a procurement, error pages, headers."""

from __future__ import annotations

import logging
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import structlog
from flask import Flask
from flask_login import AnonymousUserMixin
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

import portal.tables  # noqa: F401  (the tables and the policy are whole before the first request)
from portal.accounts.sessions import SignedIn, find_signed_in
from portal.accounts.views.presence import others_here
from portal.audit.queries import is_demonstration
from portal.config import Settings, load_settings
from portal.core import clock
from portal.core.logs import frames_instead_of_messages
from portal.core.permissions import Verb
from portal.core.scanning import Scanner
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.core.words import FILTERS
from portal.editing.presence import Presence
from portal.extensions import csrf, db, login_manager
from portal.paths import TEMPLATES
from portal.regulation.citations import CITED
from portal.web import access, addresses, assets, editing, failures, headers, transactions, uploads
from portal.web.error_summary import error_list
from portal.web.navigation import navigation
from portal.web.nudging import Nudger
from portal.web.titles import page_caption

BLUEPRINTS = (
    "portal.web.views.public",
    "portal.monitoring.views.public",
    "portal.scenarios.views.public",
    "portal.accounts.views.public",
    "portal.accounts.views.links",
    "portal.accounts.views.unsent",
    "portal.accounts.views.account",
    "portal.accounts.views.address",
    "portal.accounts.views.sessions",
    "portal.accounts.views.factors",
    "portal.accounts.views.lost_factors",
    "portal.accounts.views.colleagues",
    "portal.accounts.views.roles",
    "portal.accounts.views.absences",
    "portal.accounts.views.platform",
    "portal.localities.views.localities",
    "portal.organisations.views.provider",
    "portal.identity.views.commissioner",
    "portal.identity.views.suspensions",
    "portal.identity.views.provider",
    "portal.identity.views.claims",
    "portal.frameworks.views.setting_up",
    "portal.joining.views.provider",
    "portal.joining.views.evidence",
    "portal.joining.views.commissioner",
    "portal.members.views.importing",
    "portal.members.views.commissioner",
    "portal.members.views.provider",
    "portal.members.views.identity",
    "portal.directory.views.public",
    "portal.directory.views.settings",
    "portal.directory.views.search",
    "portal.tendering.views.public",
    "portal.tendering.helping.views.commissioner",
    "portal.tendering.helping.views.provider",
    "portal.tendering.clarifying.views.public",
    "portal.tendering.clarifying.views.following",
    "portal.tendering.clarifying.views.provider",
    "portal.tendering.clarifying.views.commissioner",
    "portal.tendering.amending.views.commissioner",
    "portal.tendering.amending.views.questions",
    "portal.tendering.interests.views.commissioner",
    "portal.tendering.amending.views.criteria",
    "portal.tendering.views.undertakings",
    "portal.tendering.views.commissioner",
    "portal.tendering.views.joint",
    "portal.tendering.views.calling_off",
    "portal.tendering.views.invitations",
    "portal.bidding.views.receipts",
    "portal.bidding.views.previewing",
    "portal.bidding.views.provider",
    "portal.bidding.views.arriving",
    "portal.bidding.views.rates",
    "portal.bidding.views.workbook",
    "portal.bidding.views.reuse",
    "portal.bidding.views.confidential",
    "portal.bidding.views.partners",
    "portal.bidding.views.market_gaps",
    "portal.bidding.views.late",
    "portal.bidding.views.late_box",
    "portal.bidding.views.confirming",
    "portal.bidding.views.taking_away",
    "portal.bidding.views.commissioner",
    "portal.corresponding.views.provider",
    "portal.corresponding.views.commissioner",
    "portal.evaluation.views.commissioner",
    "portal.evaluation.safeguarding.views.commissioner",
    "portal.evaluation.safeguarding.views.lead",
    "portal.evaluation.taking_part.views.commissioner",
    "portal.evaluation.taking_part.views.facilitator",
    "portal.evaluation.taking_part.views.lead",
    "portal.evaluation.training.views.officers",
    "portal.evaluation.safeguarding.views.panel",
    "portal.evaluation.views.paper",
    "portal.evaluation.views.draws",
    "portal.evaluation.views.firmness",
    "portal.evaluation.views.comparing",
    "portal.evaluation.views.link_hints",
    "portal.evaluation.views.hiding",
    "portal.evaluation.views.moderating",
    "portal.evaluation.views.panel",
    "portal.evaluation.views.removing",
    "portal.evaluation.views.viewing",
    "portal.evaluation.views.sharing",
    "portal.evaluation.views.scoring",
    "portal.evaluation.views.young",
    "portal.judging.views.commissioner",
    "portal.judging.views.checking",
    "portal.judging.views.debarment",
    "portal.judging.views.enquiries",
    "portal.judging.views.provider",
    "portal.awarding.views.commissioner",
    "portal.awarding.views.validity",
    "portal.awarding.views.provider",
    "portal.ending.views.commissioner",
    "portal.ending.views.setting_aside",
    "portal.ending.views.provider",
    "portal.reporting.views.commissioner",
    "portal.reporting.views.influence",
    "portal.contracts.views.public",
    "portal.contracts.views.commissioner",
    "portal.notices.views.commissioner",
    "portal.notices.views.public",
    "portal.notifications.views.account",
    "portal.notifications.views.unreached",
    "portal.notifications.views.admin",
    "portal.privacy.views.your_data",
    "portal.privacy.views.erasures",
    "portal.privacy.views.public",
    "portal.privacy.views.admin",
    "portal.help.views.public",
    "portal.dashboards.views.provider",
    "portal.dashboards.views.commissioner",
)
MEGABYTE = 1024 * 1024
WEB_STATEMENT_SECONDS = 15


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who has not signed in."""

    display_name = ""
    organisation_name = None
    awaits_factor = False
    awaits_confirmation = False
    factor_at = None


def create_app(settings: Settings | None = None, *, statement_seconds: int | None = WEB_STATEMENT_SECONDS) -> Flask:
    """Build the application from the settings (from the environment when none are given).

    The database ends any statement that takes longer than `statement_seconds`, so that no page can occupy it for
    ever; None is for commands that an operator waits for. Migrations make their own connections and have no limit.
    """
    settings = settings or load_settings()
    app = Flask("portal", template_folder=str(TEMPLATES), static_folder="static")
    _configure(app, settings, statement_seconds)
    _bind_extensions(app, settings)
    _bind_templates(app)
    addresses.bind(app)
    uploads.bind(app)
    app.before_request(access.enforce)
    app.before_request(editing.take_turn)
    assets.bind(app)
    headers.bind(app, secure=settings.secure_cookies)
    app.extensions["nudger"] = Nudger(settings.redis_url)
    transactions.bind(app)
    failures.bind(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).bp)
    return app


def _configure(app: Flask, settings: Settings, statement_seconds: int | None) -> None:
    connect_args = {} if statement_seconds is None else {"options": f"-c statement_timeout={statement_seconds}s"}
    host = urlsplit(settings.public_url).hostname or "localhost"
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 8,
            # A thread that looks at a guess holds two connections; a server may be told to have sixteen threads.
            "max_overflow": 24,
            "pool_pre_ping": True,
            "connect_args": connect_args,
            # A failed statement is told without its values: they are what people typed.
            "hide_parameters": True,
        },
        TRUSTED_HOSTS=sorted({host, "localhost", "127.0.0.1"}),
        SESSION_COOKIE_NAME="fairlot",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        # `portal.web.access.enforce` asks for the token: it knows what becomes of a form whose token has expired.
        WTF_CSRF_CHECK_DEFAULT=False,
        # One file of the largest size, with room around it; a view says whether it takes several (`web/uploads.py`).
        MAX_CONTENT_LENGTH=60 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        MAX_FORM_PARTS=1000,
    )
    app.extensions["files"] = FileStore(settings.file_store, Scanner(settings.clamd))
    app.extensions["presence"] = Presence(settings.redis_url)
    app.extensions["keys"] = KeyFolder(settings.key_dir)
    _configure_log()


def _configure_log() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            frames_instead_of_messages,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.anonymous_user = Visitor
    WTFormsHelpers(app)

    @login_manager.user_loader  # type: ignore[untyped-decorator]
    def load_user(token: str) -> SignedIn | None:
        return find_signed_in(token, clock.now())


def _bind_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(str(TEMPLATES)),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    app.jinja_env.globals.update(
        Verb=Verb,
        cited=CITED,
        navigation=navigation,
        others_here=others_here,
        demonstration=is_demonstration,
        request_reference=failures.request_reference,
        factor_is_fresh=access.factor_is_fresh,
        page_caption=page_caption,
        operator=app.config["SETTINGS"].operator,
        error_list=error_list,
    )
