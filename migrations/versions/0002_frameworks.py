"""Frameworks, dynamic purchasing systems and dynamic markets; settings; call-offs and their invitations."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What providers joined under cannot be changed afterwards, whatever the application does: conditions of a dynamic
# market (Procurement Act 2023 s.36(7)), the validity of a DPS (SI 2024/716 reg 5(3)), criteria of call-offs
# (PCR 2015 reg 34(23)-(24)).
FREEZE = """
CREATE FUNCTION keep_framework_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (NEW.kind, NEW.regime, NEW.light_touch, NEW.questionnaire, NEW.questionnaire_hash,
            NEW.established_on, NEW.valid_from, NEW.valid_until, NEW.decision_days, NEW.fee_percent,
            NEW.suspension_terms, NEW.direct_award_terms, NEW.live_at)
        IS DISTINCT FROM (OLD.kind, OLD.regime, OLD.light_touch, OLD.questionnaire, OLD.questionnaire_hash,
            OLD.established_on, OLD.valid_from, OLD.valid_until, OLD.decision_days, OLD.fee_percent,
            OLD.suspension_terms, OLD.direct_award_terms, OLD.live_at) THEN
        RAISE EXCEPTION 'the terms that providers joined under cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_framework_terms BEFORE UPDATE ON framework
    FOR EACH ROW EXECUTE FUNCTION keep_framework_terms();

CREATE FUNCTION keep_framework_structure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    status text;
    changed jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
    IF TG_TABLE_NAME = 'band' THEN
        SELECT framework.status INTO status FROM framework JOIN framework_lot l ON l.framework_id = framework.id
        WHERE l.id = (changed ->> 'lot_id')::uuid;
    ELSE
        SELECT framework.status INTO status FROM framework WHERE id = (changed ->> 'framework_id')::uuid;
    END IF;
    IF status IS NOT NULL AND status <> 'draft' THEN
        RAISE EXCEPTION 'lots, bandings and criteria cannot be changed once providers can join'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
"""

FROZEN_TABLES = ("framework_lot", "band", "framework_criterion")

TABLES = (
    "setting",
    "framework",
    "framework_lot",
    "band",
    "framework_criterion",
    "participant",
    "joining_window",
    "framework_document",
    "setting_offer",
    "profile_answer",
    "evidence",
    "application",
    "application_decision",
    "admission",
    "import_batch",
    "import_row",
)
# Rows that are evidence can be added by the application's role, never changed or removed.
EVIDENCE = ("application_version", "disregarded_bid")


def upgrade():
    create_tables()
    op.create_check_constraint(op.f("ck_itt_called_off_from_a_lot"), "itt", "(kind = 'open') = (framework_lot_id IS NULL)")
    op.create_check_constraint(
        op.f("ck_itt_direct_award_approved"),
        "itt",
        "kind <> 'direct_award' OR status IN ('draft', 'cancelled') OR (direct_award_approved_at IS NOT NULL "
        "AND direct_award_provider_id IS NOT NULL AND direct_award_reason <> '')",
    )
    op.execute(FREEZE)
    for table in FROZEN_TABLES:
        op.execute(
            f"CREATE TRIGGER keep_framework_structure BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_framework_structure()"
        )
    grant(context.config.attributes.get("app_role", "portal_web"))


def grant(role):
    """Give the application's role what it needs and no more."""
    quoted = '"' + role.replace('"', '""') + '"'
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted}")
    for table in EVIDENCE:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {quoted}")
    # Nobody is taken off the list of those invited (PCR 2015 reg 34(21)); what a provider says of it is its own.
    op.execute(f"GRANT SELECT, INSERT, UPDATE (declined_at, decline_reason) ON invitation TO {quoted}")


def downgrade():
    op.drop_constraint(op.f("ck_itt_direct_award_approved"), "itt", type_="check")
    op.drop_constraint(op.f("ck_itt_called_off_from_a_lot"), "itt", type_="check")
    drop_tables()
    op.execute("DROP FUNCTION keep_framework_structure() CASCADE")
    op.execute("DROP FUNCTION keep_framework_terms() CASCADE")


def create_tables():
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reminded_for", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_evidence_added_by_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_evidence_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(
        "ix_evidence_lapsing",
        "evidence",
        ["expires_on"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL AND expires_on IS NOT NULL"),
    )
    op.create_index(op.f("ix_evidence_provider_id"), "evidence", ["provider_id"], unique=False)
    op.create_table(
        "framework",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "framework",
                "dps",
                "dynamic_market",
                name="framework_kind",
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
                "draft", "live", "ceased", name="framework_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("how_it_works", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cpv_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("estimated_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("term_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_open_framework", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("publication_reference", sa.Text(), nullable=True),
        sa.Column("publication_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decision_days", sa.Integer(), server_default=sa.text("10"), nullable=False),
        sa.Column("fee_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("suspension_terms", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("direct_award_terms", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("publishes_members", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("replaces", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("providers_before", sa.Integer(), nullable=True),
        sa.Column("questionnaire", postgresql.JSONB(), nullable=False),
        sa.Column("questionnaire_hash", sa.Text(), nullable=True),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ceased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cease_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(publication_reference IS NOT NULL) OR status <> 'live' OR publication_reason <> ''",
            name=op.f("ck_framework_says_where_it_was_published"),
        ),
        sa.CheckConstraint(
            "(status = 'ceased') = (ceased_at IS NOT NULL)", name=op.f("ck_framework_ceased_at_matches")
        ),
        sa.CheckConstraint("fee_percent IS NULL OR kind <> 'dps'", name=op.f("ck_framework_no_fee_on_a_dps")),
        sa.CheckConstraint(
            "status = 'draft' OR status = 'ceased' OR (live_at IS NOT NULL AND valid_from IS NOT NULL AND valid_until IS NOT NULL AND questionnaire_hash IS NOT NULL)",
            name=op.f("ck_framework_live_is_complete"),
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until > valid_from",
            name=op.f("ck_framework_valid_for_a_time"),
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["contracting_authority.id"], name=op.f("fk_framework_authority_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_framework_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("reference", name=op.f("uq_framework_reference")),
    )
    op.create_index(op.f("ix_framework_authority_id"), "framework", ["authority_id"], unique=False)
    op.create_table(
        "profile_answer",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_profile_answer_provider_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["user_account.id"], name=op.f("fk_profile_answer_said_by_id")),
        sa.PrimaryKeyConstraint("provider_id", "key", name=op.f("pk_profile_answer")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("postcode", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("capacity", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("vacancies", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("vacancies_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "capacity >= 0 AND vacancies >= 0 AND vacancies <= capacity",
            name=op.f("ck_setting_vacancies_within_capacity"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_setting_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index(
        "ix_setting_area", "setting", ["area", "id"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "ix_setting_name", "setting", ["name", "id"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("ix_setting_provider_id", "setting", ["provider_id"], unique=False)
    op.create_table(
        "framework_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lowest_weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("highest_weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint(
            "lowest_weight >= 0 AND highest_weight <= 100 AND lowest_weight <= highest_weight",
            name=op.f("ck_framework_criterion_weights_are_a_range"),
        ),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_framework_criterion_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_criterion")),
        sa.UniqueConstraint("framework_id", "title", name="uq_framework_criterion_framework_id_title"),
    )
    op.create_table(
        "framework_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_framework_document_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_document")),
    )
    op.create_index(op.f("ix_framework_document_framework_id"), "framework_document", ["framework_id"], unique=False)
    op.create_table(
        "framework_lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("cpv_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("placement_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("largest_contract", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_framework_lot_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_lot")),
        sa.UniqueConstraint("framework_id", "number", name="uq_framework_lot_framework_id_number"),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_import_batch_created_by_id")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_import_batch_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_framework_id"), "import_batch", ["framework_id"], unique=False)
    op.create_table(
        "joining_window",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_joining_window_open_for_a_time")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_joining_window_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_window")),
    )
    op.create_index(op.f("ix_joining_window_framework_id"), "joining_window", ["framework_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("committed_on", sa.Date(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["contracting_authority.id"], name=op.f("fk_participant_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_participant_framework_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("framework_id", "authority_id", name=op.f("pk_participant")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "clarification",
                "refusal_proposed",
                "admitted",
                "refused",
                "withdrawn",
                name="application_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("submitted_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("clarification", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(extended_reason <> '') = (extended_at IS NOT NULL)", name=op.f("ck_application_extended_with_a_reason")
        ),
        sa.CheckConstraint(
            "(status IN ('draft', 'withdrawn')) OR (received_at IS NOT NULL AND version > 0)",
            name=op.f("ck_application_received_is_complete"),
        ),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_application_framework_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["framework_lot.id"], name=op.f("fk_application_lot_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_application_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
    )
    op.create_index(
        "ix_application_due",
        "application",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("status IN ('submitted', 'clarification', 'refusal_proposed')"),
    )
    op.create_index(op.f("ix_application_framework_id"), "application", ["framework_id"], unique=False)
    op.create_index("ix_application_provider_id", "application", ["provider_id"], unique=False)
    op.create_index(
        "uq_application_lot_id_provider_id_open",
        "application",
        ["lot_id", "provider_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('admitted', 'withdrawn')"),
    )
    op.create_table(
        "band",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["framework_lot.id"], name=op.f("fk_band_lot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band")),
        sa.UniqueConstraint("lot_id", "title", name="uq_band_lot_id_title"),
    )
    op.create_table(
        "import_row",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("faults", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "rejected", "ready", "imported", name="row_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("same_as_id", sa.Uuid(), nullable=True),
        sa.Column("is_new", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["same_as_id"], ["provider.id"], name=op.f("fk_import_row_same_as_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_row")),
    )
    op.create_table(
        "admission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "removal_proposed",
                "removed",
                "left",
                name="admission_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspension_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("renewal_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewal_due_on", sa.Date(), nullable=True),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removal_reasons", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("removal_ground", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("removal_proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("removal_proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('removed', 'left')) = (ended_at IS NOT NULL)", name=op.f("ck_admission_ended_at_matches")
        ),
        sa.CheckConstraint(
            "status <> 'removed' OR reasons_sent_at IS NOT NULL", name=op.f("ck_admission_removed_after_reasons")
        ),
        sa.CheckConstraint(
            "suspended_at IS NULL OR suspension_reason <> ''", name=op.f("ck_admission_suspended_with_a_reason")
        ),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_until IS NULL)", name=op.f("ck_admission_paused_until_a_day")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_admission_application_id")),
        sa.ForeignKeyConstraint(["framework_id"], ["framework.id"], name=op.f("fk_admission_framework_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["framework_lot.id"], name=op.f("fk_admission_lot_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_admission_provider_id")),
        sa.ForeignKeyConstraint(
            ["removal_proposed_by_id"], ["user_account.id"], name=op.f("fk_admission_removal_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index(op.f("ix_admission_framework_id"), "admission", ["framework_id"], unique=False)
    op.create_index("ix_admission_provider_id", "admission", ["provider_id"], unique=False)
    op.create_index(
        "uq_admission_lot_id_provider_id_current",
        "admission",
        ["lot_id", "provider_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('active', 'removal_proposed')"),
    )
    op.create_table(
        "application_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("admitted", "refused", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by_id", sa.Uuid(), nullable=True),
        sa.Column("sent_back_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR outcome = 'admitted' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_application_decision_two_people"),
        ),
        sa.CheckConstraint(
            "outcome = 'admitted' OR findings <> '[]'::jsonb",
            name=op.f("ck_application_decision_refused_for_a_failed_criterion"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_application_decision_decided_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_decision_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_application_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_application_decision_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_back_by_id"], ["user_account.id"], name=op.f("fk_application_decision_sent_back_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_decision")),
    )
    op.create_index(
        op.f("ix_application_decision_application_id"), "application_decision", ["application_id"], unique=False
    )
    op.create_table(
        "application_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_hash", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_version_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_application_version_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_version")),
        sa.UniqueConstraint(
            "application_id", "idempotency_key", name="uq_application_version_application_id_idempotency_key"
        ),
        sa.UniqueConstraint("application_id", "number", name="uq_application_version_application_id_number"),
    )
    op.create_table(
        "setting_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("setting_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("band_id", sa.Uuid(), nullable=True),
        sa.Column("placement_type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["band_id"], ["band.id"], name=op.f("fk_setting_offer_band_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["framework_lot.id"], name=op.f("fk_setting_offer_lot_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["setting.id"], name=op.f("fk_setting_offer_setting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_offer")),
        sa.UniqueConstraint(
            "setting_id",
            "lot_id",
            "band_id",
            "placement_type",
            name="uq_setting_offer_setting_id_lot_id_band_id_placement_type",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_setting_offer_lot_id_band_id", "setting_offer", ["lot_id", "band_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["admission_id"], ["admission.id"], name=op.f("fk_invitation_admission_id")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_invitation_itt_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_invitation_provider_id")),
        sa.PrimaryKeyConstraint("itt_id", "provider_id", name=op.f("pk_invitation")),
    )
    op.create_index("ix_invitation_provider_id", "invitation", ["provider_id"], unique=False)
    op.create_table(
        "disregarded_bid",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_disregarded_bid_bid_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["bid_opening.id"], name=op.f("fk_disregarded_bid_opening_id")),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_disregarded_bid")),
    )
    op.create_index(op.f("ix_disregarded_bid_opening_id"), "disregarded_bid", ["opening_id"], unique=False)
    op.add_column("award_criterion", sa.Column("framework_criterion_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_award_criterion_framework_criterion_id"),
        "award_criterion",
        "framework_criterion",
        ["framework_criterion_id"],
        ["id"],
    )
    op.add_column("itt", sa.Column("framework_lot_id", sa.Uuid(), nullable=True))
    op.add_column("itt", sa.Column("direct_award_provider_id", sa.Uuid(), nullable=True))
    op.add_column("itt", sa.Column("direct_award_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("itt", sa.Column("direct_award_approved_by_id", sa.Uuid(), nullable=True))
    op.add_column("itt", sa.Column("direct_award_approved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("itt", sa.Column("undecided_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(op.f("ix_itt_framework_lot_id"), "itt", ["framework_lot_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_itt_direct_award_approved_by_id"), "itt", "user_account", ["direct_award_approved_by_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_itt_direct_award_provider_id"), "itt", "provider", ["direct_award_provider_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_itt_framework_lot_id"), "itt", "framework_lot", ["framework_lot_id"], ["id"])


def drop_tables():
    op.drop_constraint(op.f("fk_itt_framework_lot_id"), "itt", type_="foreignkey")
    op.drop_constraint(op.f("fk_itt_direct_award_provider_id"), "itt", type_="foreignkey")
    op.drop_constraint(op.f("fk_itt_direct_award_approved_by_id"), "itt", type_="foreignkey")
    op.drop_index(op.f("ix_itt_framework_lot_id"), table_name="itt")
    op.drop_column("itt", "undecided_reason")
    op.drop_column("itt", "direct_award_approved_at")
    op.drop_column("itt", "direct_award_approved_by_id")
    op.drop_column("itt", "direct_award_reason")
    op.drop_column("itt", "direct_award_provider_id")
    op.drop_column("itt", "framework_lot_id")
    op.drop_constraint(op.f("fk_award_criterion_framework_criterion_id"), "award_criterion", type_="foreignkey")
    op.drop_column("award_criterion", "framework_criterion_id")
    op.drop_index(op.f("ix_disregarded_bid_opening_id"), table_name="disregarded_bid")
    op.drop_table("disregarded_bid")
    op.drop_index("ix_invitation_provider_id", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_setting_offer_lot_id_band_id", table_name="setting_offer")
    op.drop_table("setting_offer")
    op.drop_table("application_version")
    op.drop_index(op.f("ix_application_decision_application_id"), table_name="application_decision")
    op.drop_table("application_decision")
    op.drop_index(
        "uq_admission_lot_id_provider_id_current",
        table_name="admission",
        postgresql_where=sa.text("status IN ('active', 'removal_proposed')"),
    )
    op.drop_index("ix_admission_provider_id", table_name="admission")
    op.drop_index(op.f("ix_admission_framework_id"), table_name="admission")
    op.drop_table("admission")
    op.drop_table("import_row")
    op.drop_table("band")
    op.drop_index(
        "uq_application_lot_id_provider_id_open",
        table_name="application",
        postgresql_where=sa.text("status NOT IN ('admitted', 'withdrawn')"),
    )
    op.drop_index("ix_application_provider_id", table_name="application")
    op.drop_index(op.f("ix_application_framework_id"), table_name="application")
    op.drop_index(
        "ix_application_due",
        table_name="application",
        postgresql_where=sa.text("status IN ('submitted', 'clarification', 'refusal_proposed')"),
    )
    op.drop_table("application")
    op.drop_table("participant")
    op.drop_index(op.f("ix_joining_window_framework_id"), table_name="joining_window")
    op.drop_table("joining_window")
    op.drop_index(op.f("ix_import_batch_framework_id"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_table("framework_lot")
    op.drop_index(op.f("ix_framework_document_framework_id"), table_name="framework_document")
    op.drop_table("framework_document")
    op.drop_table("framework_criterion")
    op.drop_index("ix_setting_name", table_name="setting", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_setting_provider_id", table_name="setting")
    op.drop_index("ix_setting_area", table_name="setting", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_table("setting")
    op.drop_table("profile_answer")
    op.drop_index(op.f("ix_framework_authority_id"), table_name="framework")
    op.drop_table("framework")
    op.drop_index(op.f("ix_evidence_provider_id"), table_name="evidence")
    op.drop_index(
        "ix_evidence_lapsing",
        table_name="evidence",
        postgresql_where=sa.text("removed_at IS NULL AND expires_on IS NOT NULL"),
    )
    op.drop_table("evidence")
