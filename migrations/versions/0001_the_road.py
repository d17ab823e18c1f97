"""The first schema: the whole road from an invitation to tender to a contract."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LEDGER = """
CREATE FUNCTION event_hash(e event) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(e.prev || convert_to(jsonb_build_array(
        e.chain, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.kind, e.actor_id,
        e.object_type, e.object_id, e.data, e.seeded)::text, 'UTF8'))
$$;

CREATE FUNCTION append_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    head chain_head;
BEGIN
    IF NEW.seeded AND NOT EXISTS (SELECT 1 FROM installation WHERE demonstration) THEN
        RAISE EXCEPTION 'only a demonstration may hold seeded events' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO head FROM chain_head WHERE chain = NEW.chain FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO chain_head (chain, seq, at, hash)
        VALUES (NEW.chain, 0, '-infinity', sha256(convert_to(NEW.chain, 'UTF8')))
        ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM chain_head WHERE chain = NEW.chain FOR UPDATE;
    END IF;
    NEW.seq := head.seq + 1;
    NEW.at := clock_timestamp();
    IF NEW.at < head.at THEN
        RAISE EXCEPTION 'the clock ran back: the ledger takes no entry before %', head.at;
    END IF;
    NEW.prev := head.hash;
    NEW.hash := event_hash(NEW);
    UPDATE chain_head SET seq = NEW.seq, at = NEW.at, hash = NEW.hash WHERE chain = NEW.chain;
    RETURN NEW;
END
$$;

CREATE TRIGGER append_event BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION append_event();
"""

# What was published cannot be changed, whatever the application does (Procurement Act 2023 s.23; scoring rules 1).
FREEZE = """
CREATE FUNCTION keep_published_method() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    status text;
    changed jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
    IF TG_TABLE_NAME = 'scale_band' THEN
        SELECT itt.status INTO status FROM itt JOIN scale ON scale.itt_id = itt.id
        WHERE scale.id = (changed ->> 'scale_id')::uuid;
    ELSIF TG_TABLE_NAME = 'panel_share' THEN
        SELECT itt.status INTO status FROM itt JOIN award_criterion c ON c.itt_id = itt.id
        WHERE c.id = (changed ->> 'criterion_id')::uuid;
    ELSE
        SELECT itt.status INTO status FROM itt WHERE itt.id = (changed ->> 'itt_id')::uuid;
    END IF;
    IF status IS NOT NULL AND status <> 'draft' THEN
        RAISE EXCEPTION 'the published method cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE FUNCTION keep_method_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.method_hash IS NOT NULL AND (NEW.method_hash, NEW.method, NEW.seal_public_key, NEW.published_at)
        IS DISTINCT FROM (OLD.method_hash, OLD.method, OLD.seal_public_key, OLD.published_at) THEN
        RAISE EXCEPTION 'the published method cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_method_hash BEFORE UPDATE ON itt FOR EACH ROW EXECUTE FUNCTION keep_method_hash();

CREATE FUNCTION keep_submitted_score() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
    IF EXISTS (SELECT 1 FROM scorecard WHERE id = (changed ->> 'scorecard_id')::uuid AND status = 'submitted') THEN
        RAISE EXCEPTION 'a submitted score cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE TRIGGER keep_submitted_score BEFORE INSERT OR UPDATE OR DELETE ON score
    FOR EACH ROW EXECUTE FUNCTION keep_submitted_score();

CREATE FUNCTION keep_submitted_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'submitted' THEN
        RAISE EXCEPTION 'a submitted scorecard cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE TRIGGER keep_submitted_scorecard BEFORE UPDATE OR DELETE ON scorecard
    FOR EACH ROW EXECUTE FUNCTION keep_submitted_scorecard();
"""

FROZEN_TABLES = ("lot", "panel", "scale", "scale_band", "award_criterion", "panel_share", "question")

# What the application's role may do; everything else is refused. Rows that are evidence can be added, never
# changed or removed.
READ_ONLY = ("installation", "chain_head", "alembic_version")
EVIDENCE = ("bid_version", "late_attempt", "opened_bid", "assessment_summary", "notice")
EVENT_COLUMNS = "id, chain, kind, actor_id, object_type, object_id, data, seeded"
FUNCTIONS = (
    "append_event()",
    "event_hash(event)",
    "keep_published_method()",
    "keep_method_hash()",
    "keep_submitted_score()",
    "keep_submitted_scorecard()",
)


def upgrade():
    create_tables()
    op.execute(LEDGER)
    op.execute(FREEZE)
    for table in FROZEN_TABLES:
        op.execute(
            f"CREATE TRIGGER keep_published_method BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_published_method()"
        )
    grant(context.config.attributes.get("app_role", "portal_web"))


def grant(role):
    """Give the application's role what it needs and no more."""
    quoted = '"' + role.replace('"', '""') + '"'
    tables = sa.inspect(op.get_bind()).get_table_names()
    for table in sorted(tables):
        if table in READ_ONLY:
            rights = "SELECT"
        elif table == "event":
            rights = f"SELECT, INSERT ({EVENT_COLUMNS})"
        elif table in EVIDENCE:
            rights = "SELECT, INSERT"
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO {quoted}")
    # The trigger runs as the owner; nobody else calls it.
    op.execute("REVOKE ALL ON FUNCTION append_event() FROM PUBLIC")


def downgrade():
    drop_tables()
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")


def create_tables():
    op.create_table(
        "bank_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "nation",
            sa.Enum(
                "ENGLAND_AND_WALES",
                "SCOTLAND",
                "NORTHERN_IRELAND",
                name="nation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("observed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_bank_holiday_title_present")),
        sa.PrimaryKeyConstraint("day", "nation", name=op.f("pk_bank_holiday")),
    )
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "contracting_authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_scheme", sa.Text(), nullable=True),
        sa.Column("organisation_number", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("postcode", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("contact_email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracting_authority")),
        sa.UniqueConstraint("name", name=op.f("uq_contracting_authority_name")),
    )
    op.create_table(
        "cpv_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("light_touch", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reservable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9]{8}$'", name=op.f("ck_cpv_code_code_eight_digits")),
        sa.CheckConstraint("light_touch OR NOT reservable", name=op.f("ck_cpv_code_reservable_is_light_touch")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cpv_code")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("seeded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("chain", "seq", name="uq_event_chain_seq"),
    )
    op.create_index("ix_event_kind_at", "event", ["kind", "at"], unique=False)
    op.create_index("ix_event_object", "event", ["object_type", "object_id"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("company_number", sa.Text(), nullable=True),
        sa.Column("charity_scheme", sa.Text(), nullable=True),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("postcode", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_sme", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_vcse", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verification_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_provider_verified_by_somebody")
        ),
        sa.CheckConstraint(
            "company_number IS NOT NULL OR charity_number IS NOT NULL",
            name=op.f("ck_provider_has_a_registered_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_index(op.f("ix_provider_name_key"), "provider", ["name_key"], unique=False)
    op.create_index("uq_provider_charity_number", "provider", ["charity_scheme", "charity_number"], unique=True)
    op.create_index("uq_provider_company_number", "provider", ["company_number"], unique=True)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account_hash", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address_hash", "at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(email IS NULL) = (password_hash IS NULL)", name=op.f("ck_user_account_email_with_password")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_in_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_index("uq_user_account_email", "user_account", ["email"], unique=True)
    op.create_table(
        "access_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sitting", "joining", name="card_purpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issued_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user_account.id"], name=op.f("fk_access_card_issued_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_access_card_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_card")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_access_card_code_hash")),
    )
    op.create_index(op.f("ix_access_card_user_id"), "access_card", ["user_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("sent_at IS NULL OR dead_at IS NULL", name=op.f("ck_delivery_sent_or_dead")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_delivery_dedupe_key")),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["next_at", "created_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(op.f("ix_delivery_event_id"), "delivery", ["event_id"], unique=False)
    op.create_table(
        "itt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "open",
                "mini_competition",
                "dps_call_off",
                "market_call_off",
                "direct_award",
                name="itt_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "regime",
            sa.Enum("pa2023", "pcr2015", name="regime", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("light_touch", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "opened",
                "moderated",
                "awarded",
                "contracted",
                "cancelled",
                name="itt_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cpv_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("estimated_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("break_months", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("contract_start_date", sa.Date(), nullable=True),
        sa.Column("award_date", sa.Date(), nullable=True),
        sa.Column(
            "publication_basis",
            sa.Enum(
                "central_reference",
                "fallback",
                "not_required",
                name="publication_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("central_reference", sa.Text(), nullable=True),
        sa.Column("publication_reason", sa.Text(), nullable=False),
        sa.Column("tie_break", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("method", postgresql.JSONB(), nullable=True),
        sa.Column("method_hash", sa.Text(), nullable=True),
        sa.Column("seal_public_key", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(publication_basis = 'central_reference') = (central_reference IS NOT NULL)",
            name=op.f("ck_itt_basis_has_reference"),
        ),
        sa.CheckConstraint(
            "(status IN ('draft', 'cancelled')) OR (published_at IS NOT NULL AND closes_at IS NOT NULL AND method IS NOT NULL AND method_hash IS NOT NULL AND seal_public_key IS NOT NULL)",
            name=op.f("ck_itt_published_is_complete"),
        ),
        sa.CheckConstraint(
            "(status IN ('opened', 'moderated', 'awarded', 'contracted')) <= (opened_at IS NOT NULL)",
            name=op.f("ck_itt_opened_at_matches"),
        ),
        sa.CheckConstraint(
            "closes_at IS NULL OR published_at IS NULL OR closes_at > published_at",
            name=op.f("ck_itt_open_for_a_time"),
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["contracting_authority.id"], name=op.f("fk_itt_authority_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_itt_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_itt")),
        sa.UniqueConstraint("reference", name=op.f("uq_itt_reference")),
    )
    op.create_index(op.f("ix_itt_authority_id"), "itt", ["authority_id"], unique=False)
    op.create_index(
        "ix_itt_open", "itt", ["closes_at", "id"], unique=False, postgresql_where=sa.text("status = 'published'")
    )
    op.create_index(
        "ix_itt_public",
        "itt",
        ["published_at", "id"],
        unique=False,
        postgresql_where=sa.text("status NOT IN ('draft', 'cancelled')"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("event_id", "user_id", "kind", name="uq_message_event_id_user_id_kind"),
    )
    op.create_index("ix_message_inbox", "message", ["user_id", "created_at"], unique=False)
    op.create_index(
        "ix_message_unread", "message", ["user_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "provider_alert",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("cpv_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_alert_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("provider_id", "cpv_code", name=op.f("pk_provider_alert")),
    )
    op.create_index(op.f("ix_provider_alert_cpv_code"), "provider_alert", ["cpv_code"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "bid_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "awaiting_second", "done", name="opening_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("first_opener_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_opener_id", sa.Uuid(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'done') = (second_opener_id IS NOT NULL AND second_at IS NOT NULL)",
            name=op.f("ck_bid_opening_done_by_two"),
        ),
        sa.CheckConstraint("first_opener_id <> second_opener_id", name=op.f("ck_bid_opening_two_people")),
        sa.ForeignKeyConstraint(
            ["first_opener_id"], ["user_account.id"], name=op.f("fk_bid_opening_first_opener_id")
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_bid_opening_itt_id")),
        sa.ForeignKeyConstraint(
            ["second_opener_id"], ["user_account.id"], name=op.f("fk_bid_opening_second_opener_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_opening")),
    )
    op.create_index(op.f("ix_bid_opening_itt_id"), "bid_opening", ["itt_id"], unique=False)
    op.create_index(
        "uq_bid_opening_itt_id_done",
        "bid_opening",
        ["itt_id"],
        unique=True,
        postgresql_where=sa.text("status = 'done'"),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_lot_itt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("itt_id", "number", name="uq_lot_itt_id_number"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("ocid", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("central_reference", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("kind_code ~ '^UK([1-9]|1[0-7])$'", name=op.f("ck_notice_kind_code_in_catalogue")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_notice_text_present")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_notice_itt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event_id", name=op.f("uq_notice_event_id")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_notice_reference")),
        sa.UniqueConstraint("release_id", name=op.f("uq_notice_release_id")),
    )
    op.create_index(op.f("ix_notice_itt_id"), "notice", ["itt_id"], unique=False)
    op.create_index("ix_notice_ocid_number", "notice", ["ocid", "number"], unique=False)
    op.create_table(
        "ocds_record",
        sa.Column("ocid", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("release_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("release_count >= 1", name=op.f("ck_ocds_record_release_count_positive")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_ocds_record_itt_id")),
        sa.PrimaryKeyConstraint("ocid", name=op.f("pk_ocds_record")),
        sa.UniqueConstraint("itt_id", name=op.f("uq_ocds_record_itt_id")),
    )
    op.create_table(
        "panel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "local",
                "young_people",
                "parents",
                name="panel_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "combine",
            sa.Enum(
                "agreed", "mean", "median", name="combination", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_panel_itt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("itt_id", "key", name="uq_panel_itt_id_key"),
    )
    op.create_table(
        "scale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("step", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("normalise", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_scale_itt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("itt_id", "key", name="uq_scale_itt_id_key"),
    )
    op.create_table(
        "award_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("plain_title", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("scale_id", sa.Uuid(), nullable=True),
        sa.Column("minimum", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("price_formula", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "price_formula IS NULL OR scale_id IS NULL", name=op.f("ck_award_criterion_scored_or_price")
        ),
        sa.CheckConstraint("weight >= 0 AND weight <= 100", name=op.f("ck_award_criterion_weight_out_of_100")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_award_criterion_itt_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["award_criterion.id"], name=op.f("fk_award_criterion_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_award_criterion_scale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_criterion")),
        sa.UniqueConstraint("itt_id", "key", name="uq_award_criterion_itt_id_key"),
    )
    op.create_index(op.f("ix_award_criterion_itt_id"), "award_criterion", ["itt_id"], unique=False)
    op.create_index(op.f("ix_award_criterion_parent_id"), "award_criterion", ["parent_id"], unique=False)
    op.create_table(
        "bid",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                name="bid_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("draft_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("status = 'draft' OR version > 0", name=op.f("ck_bid_submitted_has_a_version")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_bid_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_bid_lot_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_bid_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint("lot_id", "provider_id", name="uq_bid_lot_id_provider_id"),
        sa.UniqueConstraint("reference", name=op.f("uq_bid_reference")),
    )
    op.create_index("ix_bid_itt_id", "bid", ["itt_id"], unique=False)
    op.create_index("ix_bid_provider_id", "bid", ["provider_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "contributor",
                "submitter",
                "provider_administrator",
                "commissioner",
                "approver",
                "opener",
                "contract_manager",
                "auditor",
                "authority_administrator",
                "platform_administrator",
                "chair",
                "panel_member",
                "young_member",
                "facilitator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("panel_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(num_nonnulls(authority_id, provider_id, panel_id) = 0) = (role = 'platform_administrator')",
            name=op.f("ck_membership_platform_role_without_place"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(authority_id, provider_id, panel_id) <= 1", name=op.f("ck_membership_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_membership_authority_id")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_membership_panel_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_membership_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_authority_id"), "membership", ["authority_id"], unique=False)
    op.create_index(op.f("ix_membership_panel_id"), "membership", ["panel_id"], unique=False)
    op.create_index(op.f("ix_membership_provider_id"), "membership", ["provider_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index(
        "uq_membership_in_force",
        "membership",
        ["user_id", "role", "authority_id", "provider_id", "panel_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "panel_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "member",
                "young_member",
                "facilitator",
                name="member_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column(
            "appointed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_member_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_panel_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_member")),
    )
    op.create_index(op.f("ix_panel_member_user_id"), "panel_member", ["user_id"], unique=False)
    op.create_index(
        "uq_panel_member_in_force",
        "panel_member",
        ["panel_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "panel_work",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "scoring",
                "moderating",
                "closed",
                name="panel_work_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("moderation_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_record", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('closed')) = (closed_at IS NOT NULL)", name=op.f("ck_panel_work_closed_at_matches")
        ),
        sa.CheckConstraint(
            "status = 'scoring' OR moderation_started_at IS NOT NULL", name=op.f("ck_panel_work_moderation_started")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_panel_work_closed_by_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_panel_work_itt_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_work_panel_id")),
        sa.PrimaryKeyConstraint("panel_id", name=op.f("pk_panel_work")),
    )
    op.create_index(op.f("ix_panel_work_itt_id"), "panel_work", ["itt_id"], unique=False)
    op.create_table(
        "result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("diagnostics", postgresql.JSONB(), nullable=True),
        sa.Column(
            "calculated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_result_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_result_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("lot_id", "inputs_hash", name="uq_result_lot_id_inputs_hash"),
    )
    op.create_index(op.f("ix_result_itt_id"), "result", ["itt_id"], unique=False)
    op.create_table(
        "scale_band",
        sa.Column("scale_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("descriptor", sa.Text(), nullable=False),
        sa.Column("plain_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_scale_band_scale_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scale_id", "score", name=op.f("pk_scale_band")),
    )
    op.create_table(
        "award_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("winning_bid_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "refused",
                "decided",
                name="decision_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "standstill_kind",
            sa.Enum(
                "mandatory",
                "voluntary",
                "none",
                name="standstill",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_award_decision_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_award_decision_two_people")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_award_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_award_decision_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_award_decision_lot_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_award_decision_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_award_decision_result_id")),
        sa.ForeignKeyConstraint(["winning_bid_id"], ["bid.id"], name=op.f("fk_award_decision_winning_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decision")),
    )
    op.create_index(op.f("ix_award_decision_itt_id"), "award_decision", ["itt_id"], unique=False)
    op.create_index(
        "uq_award_decision_lot_in_force",
        "award_decision",
        ["lot_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "bid_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_file_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_file")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_bid_file_stored_as")),
    )
    op.create_index(op.f("ix_bid_file_bid_id"), "bid_file", ["bid_id"], unique=False)
    op.create_table(
        "bid_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("quality_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("price_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("quality_key_for_opening", sa.LargeBinary(), nullable=False),
        sa.Column("price_key_for_opening", sa.LargeBinary(), nullable=False),
        sa.Column("keys_for_draft", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_version_bid_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_bid_version_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_version")),
        sa.UniqueConstraint("bid_id", "idempotency_key", name="uq_bid_version_bid_id_idempotency_key"),
        sa.UniqueConstraint("bid_id", "number", name="uq_bid_version_bid_id_number"),
    )
    op.create_table(
        "declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("has_interest", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("NOT has_interest OR detail <> ''", name=op.f("ck_declaration_interest_is_described")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_declaration_bid_id")),
        sa.ForeignKeyConstraint(
            ["panel_member_id"], ["panel_member.id"], name=op.f("fk_declaration_panel_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint("panel_member_id", "bid_id", name="uq_declaration_panel_member_id_bid_id"),
    )
    op.create_table(
        "late_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempted_by_id"], ["user_account.id"], name=op.f("fk_late_attempt_attempted_by_id")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_late_attempt_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_attempt")),
    )
    op.create_index(op.f("ix_late_attempt_bid_id"), "late_attempt", ["bid_id"], unique=False)
    op.create_table(
        "moderated_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "agreed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_moderated_score_has_a_reason")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user_account.id"], name=op.f("fk_moderated_score_agreed_by_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_moderated_score_bid_id")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["award_criterion.id"], name=op.f("fk_moderated_score_criterion_id")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_moderated_score_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderated_score")),
    )
    op.create_index(op.f("ix_moderated_score_bid_id"), "moderated_score", ["bid_id"], unique=False)
    op.create_index(
        "uq_moderated_score_in_force",
        "moderated_score",
        ["panel_id", "bid_id", "criterion_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "panel_share",
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.CheckConstraint("share >= 0 AND share <= 100", name=op.f("ck_panel_share_share_out_of_100")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["award_criterion.id"], name=op.f("fk_panel_share_criterion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_share_panel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("criterion_id", "panel_id", name=op.f("pk_panel_share")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "files", name="question_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("word_limit", sa.Integer(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["award_criterion.id"], name=op.f("fk_question_criterion_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_question_itt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("itt_id", "key", name="uq_question_itt_id_key"),
    )
    op.create_index(op.f("ix_question_criterion_id"), "question", ["criterion_id"], unique=False)
    op.create_table(
        "scorecard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft", "submitted", name="scorecard_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('submitted')) = (submitted_at IS NOT NULL)", name=op.f("ck_scorecard_submitted_at_matches")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_scorecard_bid_id")),
        sa.ForeignKeyConstraint(["panel_member_id"], ["panel_member.id"], name=op.f("fk_scorecard_panel_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("panel_member_id", "bid_id", name="uq_scorecard_panel_member_id_bid_id"),
    )
    op.create_index(op.f("ix_scorecard_bid_id"), "scorecard", ["bid_id"], unique=False)
    op.create_table(
        "assessment_summary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_assessment_summary_bid_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["award_decision.id"], name=op.f("fk_assessment_summary_decision_id")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_assessment_summary_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_summary")),
        sa.UniqueConstraint("decision_id", "bid_id", name="uq_assessment_summary_decision_id_bid_id"),
        sa.UniqueConstraint("reference", name=op.f("uq_assessment_summary_reference")),
    )
    op.create_index(op.f("ix_assessment_summary_bid_id"), "assessment_summary", ["bid_id"], unique=False)
    op.create_index(op.f("ix_assessment_summary_provider_id"), "assessment_summary", ["provider_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_until", sa.Date(), nullable=False),
        sa.Column("signed_date", sa.Date(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("end_until > start_date", name=op.f("ck_contract_has_a_term")),
        sa.CheckConstraint("value > 0", name=op.f("ck_contract_has_a_value")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_contract_authority_id")
        ),
        sa.ForeignKeyConstraint(["concluded_by_id"], ["user_account.id"], name=op.f("fk_contract_concluded_by_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["award_decision.id"], name=op.f("fk_contract_decision_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_contract_itt_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_contract_lot_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contract_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_contract_decision_id")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_contract_lot_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_reference")),
    )
    op.create_index(op.f("ix_contract_authority_id"), "contract", ["authority_id"], unique=False)
    op.create_index("ix_contract_concluded_at", "contract", ["concluded_at", "id"], unique=False)
    op.create_index(op.f("ix_contract_itt_id"), "contract", ["itt_id"], unique=False)
    op.create_index(op.f("ix_contract_provider_id"), "contract", ["provider_id"], unique=False)
    op.create_table(
        "opened_bid",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("quality", postgresql.JSONB(), nullable=True),
        sa.Column("price", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("quarantine_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_opened_bid_bid_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["bid_opening.id"], name=op.f("fk_opened_bid_opening_id")),
        sa.ForeignKeyConstraint(["version_id"], ["bid_version.id"], name=op.f("fk_opened_bid_version_id")),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_opened_bid")),
        sa.UniqueConstraint("version_id", name=op.f("uq_opened_bid_version_id")),
    )
    op.create_index(op.f("ix_opened_bid_opening_id"), "opened_bid", ["opening_id"], unique=False)
    op.create_table(
        "score",
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "saved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["award_criterion.id"], name=op.f("fk_score_criterion_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_score_scorecard_id")),
        sa.PrimaryKeyConstraint("scorecard_id", "criterion_id", name=op.f("pk_score")),
    )
    op.create_table(
        "standstill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mandatory",
                "voluntary",
                "none",
                name="standstill",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("starts_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("ends_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("working_days >= 8", name=op.f("ck_standstill_at_least_eight_working_days")),
        sa.ForeignKeyConstraint(["decision_id"], ["award_decision.id"], name=op.f("fk_standstill_decision_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_standstill_itt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standstill")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_standstill_decision_id")),
    )
    op.create_index(op.f("ix_standstill_itt_id"), "standstill", ["itt_id"], unique=False)
    op.create_index(
        "ix_standstill_running",
        "standstill",
        ["ends_until"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "break_point",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_break_point_contract_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract_id", "months", name=op.f("pk_break_point")),
    )


def drop_tables():
    op.execute("DROP FUNCTION IF EXISTS event_hash(event) CASCADE")
    op.drop_table("break_point")
    op.drop_index("ix_standstill_running", table_name="standstill", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_standstill_itt_id"), table_name="standstill")
    op.drop_table("standstill")
    op.drop_table("score")
    op.drop_index(op.f("ix_opened_bid_opening_id"), table_name="opened_bid")
    op.drop_table("opened_bid")
    op.drop_index(op.f("ix_contract_provider_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_itt_id"), table_name="contract")
    op.drop_index("ix_contract_concluded_at", table_name="contract")
    op.drop_index(op.f("ix_contract_authority_id"), table_name="contract")
    op.drop_table("contract")
    op.drop_index(op.f("ix_assessment_summary_provider_id"), table_name="assessment_summary")
    op.drop_index(op.f("ix_assessment_summary_bid_id"), table_name="assessment_summary")
    op.drop_table("assessment_summary")
    op.drop_index(op.f("ix_scorecard_bid_id"), table_name="scorecard")
    op.drop_table("scorecard")
    op.drop_index(op.f("ix_question_criterion_id"), table_name="question")
    op.drop_table("question")
    op.drop_table("panel_share")
    op.drop_index(
        "uq_moderated_score_in_force", table_name="moderated_score", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_index(op.f("ix_moderated_score_bid_id"), table_name="moderated_score")
    op.drop_table("moderated_score")
    op.drop_index(op.f("ix_late_attempt_bid_id"), table_name="late_attempt")
    op.drop_table("late_attempt")
    op.drop_table("declaration")
    op.drop_table("bid_version")
    op.drop_index(op.f("ix_bid_file_bid_id"), table_name="bid_file")
    op.drop_table("bid_file")
    op.drop_index(
        "uq_award_decision_lot_in_force", table_name="award_decision", postgresql_where=sa.text("status <> 'refused'")
    )
    op.drop_index(op.f("ix_award_decision_itt_id"), table_name="award_decision")
    op.drop_table("award_decision")
    op.drop_table("scale_band")
    op.drop_index(op.f("ix_result_itt_id"), table_name="result")
    op.drop_table("result")
    op.drop_index(op.f("ix_panel_work_itt_id"), table_name="panel_work")
    op.drop_table("panel_work")
    op.drop_index(
        "uq_panel_member_in_force", table_name="panel_member", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_index(op.f("ix_panel_member_user_id"), table_name="panel_member")
    op.drop_table("panel_member")
    op.drop_index(
        "uq_membership_in_force",
        table_name="membership",
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_provider_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_panel_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_authority_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_bid_provider_id", table_name="bid")
    op.drop_index("ix_bid_itt_id", table_name="bid")
    op.drop_table("bid")
    op.drop_index(op.f("ix_award_criterion_parent_id"), table_name="award_criterion")
    op.drop_index(op.f("ix_award_criterion_itt_id"), table_name="award_criterion")
    op.drop_table("award_criterion")
    op.drop_table("scale")
    op.drop_table("panel")
    op.drop_table("ocds_record")
    op.drop_index("ix_notice_ocid_number", table_name="notice")
    op.drop_index(op.f("ix_notice_itt_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_table("lot")
    op.drop_index("uq_bid_opening_itt_id_done", table_name="bid_opening", postgresql_where=sa.text("status = 'done'"))
    op.drop_index(op.f("ix_bid_opening_itt_id"), table_name="bid_opening")
    op.drop_table("bid_opening")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_provider_alert_cpv_code"), table_name="provider_alert")
    op.drop_table("provider_alert")
    op.drop_index("ix_message_unread", table_name="message", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_index("ix_message_inbox", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_itt_public", table_name="itt", postgresql_where=sa.text("status NOT IN ('draft', 'cancelled')"))
    op.drop_index("ix_itt_open", table_name="itt", postgresql_where=sa.text("status = 'published'"))
    op.drop_index(op.f("ix_itt_authority_id"), table_name="itt")
    op.drop_table("itt")
    op.drop_index(op.f("ix_delivery_event_id"), table_name="delivery")
    op.drop_index(
        "ix_delivery_due", table_name="delivery", postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL")
    )
    op.drop_table("delivery")
    op.drop_index(op.f("ix_access_card_user_id"), table_name="access_card")
    op.drop_table("access_card")
    op.drop_index("uq_user_account_email", table_name="user_account")
    op.drop_table("user_account")
    op.drop_index("ix_sign_in_attempt_address", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_account", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index("uq_provider_company_number", table_name="provider")
    op.drop_index("uq_provider_charity_number", table_name="provider")
    op.drop_index(op.f("ix_provider_name_key"), table_name="provider")
    op.drop_table("provider")
    op.drop_table("installation")
    op.drop_index("ix_event_object", table_name="event")
    op.drop_index("ix_event_kind_at", table_name="event")
    op.drop_table("event")
    op.drop_table("cpv_code")
    op.drop_table("contracting_authority")
    op.drop_table("chain_head")
    op.drop_table("bank_holiday")
