"""A lot can have weights and a price formula of its own, and then a method and a hash of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

# A published addendum makes a new version; with it the method of a lot may change, and at no other time.
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
    IF held = 'published' AND TG_TABLE_NAME = 'lot' AND %(lot)s THEN
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
"""
BEFORE = "was - 'method_version' = becomes - 'method_version'"
METHOD = "ARRAY['method', 'method_hash', 'method_version']"
AFTER = f"""was - {METHOD} = becomes - {METHOD}
        AND ((was -> 'method', was -> 'method_hash') IS NOT DISTINCT FROM (becomes -> 'method', becomes -> 'method_hash')
             OR (becomes -> 'method_version')::int > (was -> 'method_version')::int)"""


def upgrade() -> None:
    """Every lot that there is, is judged as its invitation says."""
    op.add_column("lot", sa.Column("weights", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False))
    for column in ("price_formula", "method"):
        op.add_column("lot", sa.Column(column, postgresql.JSONB()))
    op.add_column("lot", sa.Column("method_hash", sa.Text()))
    op.create_check_constraint(op.f("ck_lot_method_is_hashed"), "lot", "(method IS NULL) = (method_hash IS NULL)")
    op.execute(FREEZE % {"lot": AFTER})


def downgrade() -> None:
    """The release before judges every lot alike: what was published otherwise cannot go back, so it must not be."""
    bind = op.get_bind()
    own = bind.scalar(sa.text("SELECT count(*) FROM lot WHERE method IS NOT NULL"))
    if own:
        raise RuntimeError(f"{own} lots were published with a method of their own, which the release before never has.")
    op.execute(FREEZE % {"lot": BEFORE})
    op.drop_constraint(op.f("ck_lot_method_is_hashed"), "lot", type_="check")
    for column in ("method_hash", "method", "price_formula", "weights"):
        op.drop_column("lot", column)
