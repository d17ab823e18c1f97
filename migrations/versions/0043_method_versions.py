"""The method and the questions of an invitation have versions: an addendum makes a new one, a bid answers one."""

import hashlib
import json

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

PARTS = ("question", "criterion")
RULES = ("stand", "not_given")

# What is published changes into what the newest published addendum says, and into nothing else (PA2023 s.31).
FREEZE = """
CREATE OR REPLACE FUNCTION keep_published_method() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_itt uuid;
    held text;
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    becomes jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed jsonb := coalesce(becomes, was);
    about text := CASE TG_TABLE_NAME WHEN 'question' THEN 'question' WHEN 'award_criterion' THEN 'criterion' END;
BEGIN
    IF TG_TABLE_NAME = 'scale_band' THEN
        SELECT itt_id INTO of_itt FROM scale WHERE id = (changed ->> 'scale_id')::uuid;
    ELSIF TG_TABLE_NAME = 'panel_share' THEN
        SELECT itt_id INTO of_itt FROM award_criterion WHERE id = (changed ->> 'criterion_id')::uuid;
    ELSE
        of_itt := (changed ->> 'itt_id')::uuid;
    END IF;
    SELECT status INTO held FROM itt WHERE id = of_itt;
    IF held IS NULL OR held = 'draft' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF held = 'published' AND TG_TABLE_NAME = 'lot' AND was - 'method_version' = becomes - 'method_version' THEN
        RETURN NEW;
    END IF;
    IF held = 'published' AND about IS NOT NULL AND EXISTS (
        SELECT 1 FROM method_change c JOIN addendum a ON a.id = c.addendum_id
        WHERE a.itt_id = of_itt AND a.status = 'published'
          AND a.number = (SELECT max(number) FROM addendum WHERE itt_id = of_itt)
          AND c.part = about AND c.key = changed ->> 'key'
          AND c.before IS NOT DISTINCT FROM was - ARRAY['id', 'itt_id', 'key']
          AND c.after IS NOT DISTINCT FROM becomes - ARRAY['id', 'itt_id', 'key']
    ) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'the published method cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE OR REPLACE FUNCTION keep_method_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.method_hash IS NULL OR (NEW.method_hash, NEW.method, NEW.method_version, NEW.seal_public_key,
        NEW.published_at) IS NOT DISTINCT FROM (OLD.method_hash, OLD.method, OLD.method_version, OLD.seal_public_key,
        OLD.published_at) THEN
        RETURN NEW;
    END IF;
    IF NEW.status = 'published' AND NEW.method_version = OLD.method_version + 1
        AND (NEW.seal_public_key, NEW.published_at) IS NOT DISTINCT FROM (OLD.seal_public_key, OLD.published_at)
        AND EXISTS (
            SELECT 1 FROM addendum a
            WHERE a.itt_id = NEW.id AND a.status = 'published' AND a.method_version = NEW.method_version
        ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the published method cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""

CHANGES = """
CREATE FUNCTION keep_method_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM addendum
        WHERE status <> 'proposed' AND id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.addendum_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.addendum_id END)
    ) THEN
        RAISE EXCEPTION 'a decided change cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER keep_method_change BEFORE INSERT OR UPDATE OR DELETE ON method_change
    FOR EACH ROW EXECUTE FUNCTION keep_method_change();
"""

FREEZE_BEFORE = """
CREATE OR REPLACE FUNCTION keep_published_method() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION keep_method_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.method_hash IS NOT NULL AND (NEW.method_hash, NEW.method, NEW.seal_public_key, NEW.published_at)
        IS DISTINCT FROM (OLD.method_hash, OLD.method, OLD.seal_public_key, OLD.published_at) THEN
        RAISE EXCEPTION 'the published method cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

METHODS = "SELECT id, method, published_at FROM itt WHERE method IS NOT NULL"
CRITERIA = """
SELECT key, title, guidance, plain_title FROM award_criterion WHERE itt_id = :itt_id ORDER BY position
"""
QUESTIONS = """
SELECT q.key, q.kind, q.prompt, q.guidance, q.settings, q.required, c.key AS criterion, q.envelope,
    ARRAY(SELECT l.number FROM lot l
          WHERE l.itt_id = q.itt_id AND (q.lot_ids = '{}' OR l.id = ANY (q.lot_ids)) ORDER BY l.number) AS lots
FROM question q LEFT JOIN award_criterion c ON c.id = q.criterion_id
WHERE q.itt_id = :itt_id ORDER BY q.position, q.key
"""


def upgrade() -> None:
    """What is published is version 1 of itself, and what was submitted answers that."""
    for table in ("itt", "lot"):
        op.add_column(table, sa.Column("method_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("bid", sa.Column("submitted_method", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute("UPDATE bid SET submitted_method = 1 WHERE version > 0")
    for table in ("bid_version", "late_bid"):
        op.add_column(table, sa.Column("method_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
        op.alter_column(table, "method_version", server_default=None)
    op.add_column(
        "opened_bid",
        sa.Column("answered_before", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("addendum", sa.Column("earlier_answers", sa.String(40)))
    op.add_column("addendum", sa.Column("time_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("addendum", sa.Column("method_version", sa.Integer()))
    op.create_check_constraint(op.f("ck_addendum_earlier_answers"), "addendum", f"earlier_answers IN {RULES}")
    op.create_check_constraint(
        op.f("ck_addendum_says_what_answers_count"), "addendum", "method_version IS NULL OR earlier_answers IS NOT NULL"
    )
    _make_tables()
    _keep_first_versions()
    op.execute(FREEZE)
    op.execute(CHANGES)
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON method_version TO {role}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON method_change TO {role}")


def _make_tables() -> None:
    op.create_table(
        "method_version",
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_method_version_itt_id")),
        sa.PrimaryKeyConstraint("itt_id", "number", name=op.f("pk_method_version")),
    )
    op.create_table(
        "method_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("itt_id", sa.Uuid(), nullable=False),
        sa.Column("addendum_id", sa.Uuid()),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.CheckConstraint(f"part IN {PARTS}", name=op.f("ck_method_change_changed_part")),
        sa.CheckConstraint("num_nonnulls(before, after) >= 1", name=op.f("ck_method_change_before_or_after")),
        sa.ForeignKeyConstraint(["itt_id"], ["itt.id"], name=op.f("fk_method_change_itt_id")),
        sa.ForeignKeyConstraint(["addendum_id"], ["addendum.id"], name=op.f("fk_method_change_addendum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_change")),
        sa.UniqueConstraint("addendum_id", "part", "key", name="uq_method_change_addendum_id_part_key"),
    )
    prepared = sa.text("addendum_id IS NULL")
    columns = ["itt_id", "part", "key"]
    op.create_index("uq_method_change_prepared", "method_change", columns, unique=True, postgresql_where=prepared)


def _keep_first_versions() -> None:
    bind = op.get_bind()
    for itt_id, method, published_at in bind.execute(sa.text(METHODS)).all():
        stated = {"method": method}
        for name, query in (("criteria", CRITERIA), ("questions", QUESTIONS)):
            rows = bind.execute(sa.text(query), {"itt_id": itt_id}).mappings()
            stated[name] = [dict(row) for row in rows]
        written = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        bind.execute(
            sa.text("INSERT INTO method_version VALUES (:itt_id, 1, :at, CAST(:stated AS jsonb), :hash)"),
            {
                "itt_id": itt_id,
                "at": published_at,
                "stated": written,
                "hash": hashlib.sha256(written.encode()).hexdigest(),
            },
        )


def downgrade() -> None:
    """Forget the versions. What only the new format knows, or an addendum changed, cannot go back, so it must not be."""
    bind = op.get_bind()
    newer = bind.scalar(sa.text("SELECT count(*) FROM bid_version WHERE seal_format > 2"))
    if newer:
        raise RuntimeError(f"{newer} bid versions are sealed in a format that the release before cannot open.")
    changed = bind.scalar(sa.text("SELECT count(*) FROM addendum WHERE method_version IS NOT NULL"))
    if changed:
        raise RuntimeError(f"{changed} addenda changed questions or criteria, which the release before never does.")
    op.drop_table("method_change")
    op.drop_table("method_version")
    op.execute("DROP FUNCTION keep_method_change()")
    op.execute(FREEZE_BEFORE)
    for constraint in ("earlier_answers", "says_what_answers_count"):
        op.drop_constraint(op.f(f"ck_addendum_{constraint}"), "addendum", type_="check")
    for column in ("earlier_answers", "time_reason", "method_version"):
        op.drop_column("addendum", column)
    op.drop_column("opened_bid", "answered_before")
    for table in ("late_bid", "bid_version"):
        op.drop_column(table, "method_version")
    op.drop_column("bid", "submitted_method")
    for table in ("lot", "itt"):
        op.drop_column(table, "method_version")
