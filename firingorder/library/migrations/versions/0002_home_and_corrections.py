"""Packages from home, files that could not be removed yet, and how much was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _double(name: str, *, null: bool = False) -> sa.Column[float]:
    kind: sa.Double[float] = sa.Double()
    return sa.Column(name, kind, nullable=null)


def upgrade() -> None:
    """Add them; old rows get what they would have had."""
    with op.batch_alter_table("recording") as table:
        table.add_column(sa.Column("further", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(
            sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for when in ("before", "after"):  # what was never a number of the scale is not known
        op.execute(f"UPDATE session SET pain_{when} = NULL WHERE pain_{when} NOT BETWEEN 0 AND 10")
    with op.batch_alter_table("session") as table:
        table.add_column(sa.Column("corrected", sa.Integer(), nullable=False, server_default="0"))
        for when in ("before", "after"):
            table.create_check_constraint(f"pain_{when}", f"pain_{when} between 0 and 10")
    with op.batch_alter_table("summary") as table:
        table.add_column(sa.Column("corrected", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "person_id",
            sa.Integer(),
            sa.ForeignKey("person.id", ondelete="CASCADE"),
            nullable=False,
        ),
        _double("came_s"),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("pain_rise", sa.Integer()),
        sa.Column("adherence", sa.Text(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_inbox_person_id", "inbox", ["person_id"])
    op.create_table(
        "leftover",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
    )
    op.create_index("ix_leftover_code", "leftover", ["code"])


def downgrade() -> None:
    """Take them away again; only for tests, a released library is never taken back."""
    op.drop_table("leftover")
    op.drop_table("inbox")
    with op.batch_alter_table("summary") as table:
        table.drop_column("corrected")
    with op.batch_alter_table("session") as table:
        for when in ("before", "after"):
            table.drop_constraint(op.f(f"ck_session_pain_{when}"), type_="check")
        table.drop_column("corrected")
    with op.batch_alter_table("recording") as table:
        table.drop_column("imported")
        table.drop_column("further")
