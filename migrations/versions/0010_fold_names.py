"""Names, areas, postcodes and titles are stored a second time as they are searched and sorted, by the database itself.

`fold` stands in SQL and nowhere else, so that no row can be without it (docs/decisions/0013-folded-names.md). A
change of it is a further migration that replaces the function and writes the columns anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# From the inside: what Unicode can take apart is taken apart ("´" would leave a space); apostrophes, accents and what
# cannot be seen go; "&" is "and"; letters that stay whole are written in plain ones; a run of signs is one space.
FOLD = r"""
CREATE FUNCTION fold(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    lower(replace(replace(replace(replace(
        translate(
            replace(
                regexp_replace(
                    normalize(replace(typed, '´', ''), NFKD),
                    '[''`\u00ad\u02b9-\u02bf\u2018\u2019\u2032\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'
                    '\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]',
                    '', 'g'
                ),
                '&', ' and '
            ),
            'ØøŁłĐđĦħŦŧÐðŊŋıĸÆŒẞÞ', 'oollddhhttddnnikæœßþ'
        ),
        'æ', 'ae'), 'œ', 'oe'), 'ß', 'ss'), 'þ', 'th')
        COLLATE "C"),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3003]+', ' ', 'g'
))
"""
COLUMNS = (
    ("contracting_authority", "name", "name_fold"),
    ("provider", "name", "name_fold"),
    ("framework", "title", "title_fold"),
    ("setting", "name", "name_fold"),
    ("setting", "area", "area_fold"),
    ("setting", "postcode", "postcode_fold"),
    ("setting", "registration_number", "registration_fold"),
)
OPEN = sa.text("closed_at IS NULL")
# What the release before compared: the fold with the letters and words that it took for one another. It writes its
# own whenever a name is saved.
KEY = r"""
UPDATE provider SET name_key = btrim(regexp_replace(
    regexp_replace(translate(fold(name), '01l', 'oii'), '\m(iimited|itd)\M', 'ltd', 'g'), '\mthe\M ?', '', 'g'
))
"""


def upgrade():
    """Add the function, the columns that it fills, and the indexes that lists are read by."""
    op.execute(FOLD)
    for table, column, fold in COLUMNS:
        computed = sa.Computed(f"fold({column})", persisted=True)
        op.add_column(table, sa.Column(fold, sa.Text(collation="C"), computed, nullable=False))
    op.create_index("ix_provider_name_fold", "provider", ["name_fold", "id"])
    for column in ("name", "area"):
        op.drop_index(f"ix_setting_{column}", table_name="setting", postgresql_where=OPEN)
        op.create_index(f"ix_setting_{column}_fold", "setting", [f"{column}_fold", "id"], postgresql_where=OPEN)
    op.drop_index("ix_provider_name_key", table_name="provider")
    op.drop_column("provider", "name_key")


def downgrade():
    """Go back to a key of providers' names, and to lists by the names themselves."""
    op.add_column("provider", sa.Column("name_key", sa.Text()))
    op.execute(KEY)
    op.alter_column("provider", "name_key", nullable=False)
    op.create_index("ix_provider_name_key", "provider", ["name_key"])
    for column in ("name", "area"):
        op.drop_index(f"ix_setting_{column}_fold", table_name="setting", postgresql_where=OPEN)
        op.create_index(f"ix_setting_{column}", "setting", [column, "id"], postgresql_where=OPEN)
    op.drop_index("ix_provider_name_fold", table_name="provider")
    for table, _column, fold in COLUMNS:
        op.drop_column(table, fold)
    op.execute("DROP FUNCTION fold(text)")
