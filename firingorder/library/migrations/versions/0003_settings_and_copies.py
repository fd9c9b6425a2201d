"""The settings behind each summary, and further copies of a recording that were shown to us."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; old summaries get the settings of the result that made them, the first one."""
    with op.batch_alter_table("recording") as table:
        table.add_column(sa.Column("copies", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("summary") as table:
        table.add_column(
            sa.Column("settings_hash", sa.String(64), nullable=False, server_default="")
        )
    op.execute(
        "UPDATE summary SET settings_hash = coalesce((SELECT analysis.settings_hash FROM analysis "
        "JOIN session ON session.recording_id = analysis.recording_id "
        "WHERE session.id = summary.session_id ORDER BY analysis.id LIMIT 1), '')"
    )


def downgrade() -> None:
    """Take them away again; only for tests, a released library is never taken back."""
    with op.batch_alter_table("summary") as table:
        table.drop_column("settings_hash")
    with op.batch_alter_table("recording") as table:
        table.drop_column("copies")
