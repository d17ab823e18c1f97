"""Deputies of absent people, who count as those they stand in for in every act of two people: in the database, too."""

import sqlalchemy as sa
from alembic import context, op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Table, trigger (named as the CHECK is), who proposed and when, who decided and when, which rows one person may write.
ACTS = (
    ("bid_opening", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    ("award_decision", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    (
        "application_decision", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at",
        " AND NEW.outcome <> 'admitted'",
    ),
    (
        "application_decision", "sent_back_two_people", "proposed_by_id", "proposed_at", "sent_back_by_id",
        "sent_back_at", "",
    ),
    ("role_grant", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    ("erasure_request", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    ("suspension", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    ("suspension", "lift_two_people", "lift_proposed_by_id", "lift_proposed_at", "lifted_by_id", "lifted_at", ""),
    ("lost_factor", "two_people", "checked_by_id", "checked_at", "confirmed_by_id", "ended_at", ""),
    ("number_claim", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    (
        "admission", "removal_two_people", "removal_proposed_by_id", "removal_proposed_at", "removal_decided_by_id",
        "removal_decided_at", "",
    ),
    (
        "itt", "direct_award_two_people", "direct_award_proposed_by_id", "direct_award_proposed_at",
        "direct_award_approved_by_id", "direct_award_approved_at", "",
    ),
    ("addendum", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
    ("absence", "two_people", "proposed_by_id", "proposed_at", "decided_by_id", "decided_at", ""),
)  # fmt: skip

# Whoever acts, acts as themselves and as everybody whom they stand in for at that instant: the two halves of an act
# must have nobody in common.
FUNCTIONS = """
CREATE FUNCTION people_behind(person uuid, instant timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT person
    UNION ALL
    SELECT absence.user_id FROM absence
    WHERE absence.deputy_id = person AND absence.status = 'agreed' AND absence.begins_at <= instant
    AND absence.ends_at > instant
$$;

CREATE FUNCTION require_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    act jsonb := to_jsonb(NEW);
BEGIN
    IF EXISTS (
        SELECT people_behind((act ->> TG_ARGV[0])::uuid, (act ->> TG_ARGV[1])::timestamptz)
        INTERSECT
        SELECT people_behind((act ->> TG_ARGV[2])::uuid, (act ->> TG_ARGV[3])::timestamptz)
    ) THEN
        RAISE EXCEPTION 'a deputy counts as whoever they stand in for: this takes two people'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

TRIGGER = """
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {decider} ON {table} FOR EACH ROW
    WHEN (NEW.{decider} IS NOT NULL AND NEW.{proposer} IS NOT NULL{unless})
    EXECUTE FUNCTION require_two_people('{proposer}', '{proposed_at}', '{decider}', '{decided_at}')
"""


def upgrade():
    """Make the table, and the rule behind every act of two people; nobody has a deputy yet."""
    people = ("user_id", "deputy_id", "proposed_by_id", "decided_by_id", "ended_by_id")
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid()),
        sa.Column("provider_id", sa.Uuid()),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Uuid()),
        sa.Column("status", sa.String(40), server_default="proposed", nullable=False),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_by_id", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('proposed', 'agreed', 'refused', 'withdrawn')", name=op.f("ck_absence_absence_status")
        ),
        sa.CheckConstraint("num_nonnulls(authority_id, provider_id) = 1", name=op.f("ck_absence_one_place")),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_absence_has_a_term")),
        sa.CheckConstraint(
            "deputy_id NOT IN (user_id, proposed_by_id)"
            " AND (decided_by_id IS NULL OR decided_by_id NOT IN (user_id, deputy_id))",
            name=op.f("ck_absence_nobody_appoints_themselves"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('agreed', 'refused') OR decided_by_id IS NOT NULL OR provider_id IS NOT NULL",
            name=op.f("ck_absence_agreed_by_two"),
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_absence_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_absence_two_people")
        ),
        *[sa.ForeignKeyConstraint([one], ["user_account.id"], name=op.f(f"fk_absence_{one}")) for one in people],
        sa.ForeignKeyConstraint(["authority_id"], ["contracting_authority.id"], name=op.f("fk_absence_authority_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_absence_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    for column in ("user_id", "deputy_id", "authority_id", "provider_id"):
        op.create_index(op.f(f"ix_absence_{column}"), "absence", [column])
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON absence TO {role}")
    op.execute(FUNCTIONS)
    names = ("table", "name", "proposer", "proposed_at", "decider", "decided_at", "unless")
    for act in ACTS:
        op.execute(TRIGGER.format(**dict(zip(names, act, strict=True))))


def downgrade():
    """Take it back, and with it who stood in for whom."""
    for table, name, *_ in ACTS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION require_two_people()")
    op.execute("DROP FUNCTION people_behind(uuid, timestamptz)")
    op.drop_table("absence")
