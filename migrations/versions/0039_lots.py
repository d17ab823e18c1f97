"""Lots have a value each, and one bidder may be held to a number of them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# What bidders were told about lots is as fixed as the method.
KEEP = """
CREATE FUNCTION keep_lot_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (NEW.max_lots_bid, NEW.max_lots_awarded)
        IS DISTINCT FROM (OLD.max_lots_bid, OLD.max_lots_awarded) THEN
        RAISE EXCEPTION 'the published limits cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_lot_rules BEFORE UPDATE OF max_lots_bid, max_lots_awarded ON itt
    FOR EACH ROW EXECUTE FUNCTION keep_lot_rules();
"""


def upgrade() -> None:
    """Add the columns; the only lot of every invitation there is has the invitation's own value."""
    op.add_column("lot", sa.Column("estimated_value", sa.Numeric(14, 2)))
    op.add_column("itt", sa.Column("max_lots_bid", sa.Integer()))
    op.add_column("itt", sa.Column("max_lots_awarded", sa.Integer()))
    op.add_column("itt", sa.Column("no_lots_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_check_constraint(
        op.f("ck_itt_lot_limits"), "itt", "max_lots_bid >= 1 AND max_lots_awarded >= 1"
    )
    op.execute(KEEP)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TRIGGER keep_lot_rules ON itt")
    op.execute("DROP FUNCTION keep_lot_rules()")
    op.drop_constraint(op.f("ck_itt_lot_limits"), "itt", type_="check")
    for column in ("no_lots_reason", "max_lots_awarded", "max_lots_bid"):
        op.drop_column("itt", column)
    op.drop_column("lot", "estimated_value")
