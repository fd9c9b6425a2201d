"""People, sessions, results and what was written about them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _double(name: str, *, null: bool = False) -> sa.Column[float]:
    kind: sa.Double[float] = sa.Double()
    return sa.Column(name, kind, nullable=null)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _sessions()
    _results()
    _trends()
    _written()
    _kept()


def downgrade() -> None:
    """Remove them all."""
    for name in (
        "audit", "export", "programme", "calibration", "note", "correction", "summary",
        "repetition", "analysis", "session", "recording", "identity", "person",
    ):  # fmt: skip
        op.drop_table(name)


def _to(table: str, column: str, *, null: bool = False, on: str = "CASCADE") -> sa.Column[int]:
    other = sa.ForeignKey(f"{table}.id", ondelete=on, name=None)
    return sa.Column(column, sa.Integer(), other, nullable=null)


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(200), nullable=False, unique=True),
        _double("created_s"),
    )
    op.create_table(
        "identity",
        sa.Column(
            "person_id",
            sa.Integer(),
            sa.ForeignKey("person.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer()),
        sa.CheckConstraint("birth_year between 1880 and 2100", name="birth_year"),
    )


def _sessions() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("recording_id", sa.String(200), nullable=False, unique=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        _double("added_s"),
    )
    counts = ("repetitions", "scored", "glutes_first", "together", "back_first", "unclear")
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("person", "person_id"),
        sa.Column(
            "recording_id",
            sa.Integer(),
            sa.ForeignKey("recording.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        _double("start_s"),
        _double("duration_s"),
        sa.Column("task", sa.String(100), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.Column("pads_reapplied", sa.Boolean()),
        sa.Column("pain_before", sa.Integer()),
        sa.Column("pain_after", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("analysed", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(sa.Column(n, sa.Integer(), nullable=False, server_default="0") for n in counts),
    )
    op.create_index("ix_session_person_id_start_s", "session", ["person_id", "start_s"])
    op.create_index("ix_session_start_s", "session", ["start_s"])


def _results() -> None:
    op.create_table(
        "analysis",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("recording", "recording_id"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("montage_hash", sa.String(64), nullable=False),
        sa.Column("calibration", sa.String(200), nullable=False),
        sa.Column("settings_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.String(50), nullable=False),
        _double("made_s"),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint(
            "recording_id", "sha256", "montage_hash", "calibration", "settings_hash", "version",
            name="uq_analysis_key",
        ),
    )  # fmt: skip
    op.create_table(
        "repetition",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("analysis", "analysis_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("set_index", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(100), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        _double("start_s"),
        _double("end_s"),
        sa.Column("scored", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        *(_double(name, null=True) for name in ("lead_ms", "low_ms", "high_ms")),
    )
    op.create_index("ix_repetition_analysis_id", "repetition", ["analysis_id"])


def _trends() -> None:
    measures = (
        "share", "share_low", "share_high", "lead_ms", "lead_low_ms", "lead_high_ms",
        "lead_q1_ms", "lead_q3_ms", "lead_left_ms", "lead_right_ms",
    )  # fmt: skip
    counts = ("scored", "leads", "glutes_first", "together", "back_first", "unclear")
    op.create_table(
        "summary",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("session", "session_id"),
        _to("person", "person_id"),
        _double("start_s"),
        sa.Column("task", sa.String(100), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("version", sa.String(50), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        *(_double(name, null=True) for name in measures),
        sa.Column("metrics", sa.Text(), nullable=False, server_default="[]"),
        sa.UniqueConstraint("session_id", "task", "side"),
    )
    op.create_index(
        "ix_summary_person_id_task_side_start_s",
        "summary",
        ["person_id", "task", "side", "start_s"],
    )


def _written() -> None:
    op.create_table(
        "correction",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(100), nullable=False, unique=True),
        _to("recording", "recording_id"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("repetition", sa.Integer(), nullable=False),
        _double("start_s"),
        sa.Column("channel", sa.Text(), nullable=False),
        _double("onset_s", null=True),
        _double("automatic_s", null=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.String(100), nullable=False),
        sa.CheckConstraint("kind in ('onset', 'no_onset', 'exclude', 'note', 'undo')", name="kind"),
    )
    op.create_index("ix_correction_recording_id", "correction", ["recording_id"])
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("person", "person_id"),
        _to("session", "session_id", null=True, on="SET NULL"),
        _double("at_s"),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_note_person_id", "note", ["person_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        _double("at_s"),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.String(50), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("ix_audit_about", "audit", ["about"])
    op.create_index("ix_audit_at_s", "audit", ["at_s"])


def _kept() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("profile_id", sa.String(200), nullable=False),
        _to("person", "person_id"),
        _double("made_s"),
        sa.Column("montage_hash", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.UniqueConstraint("profile_id", "person_id"),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("person", "person_id"),
        sa.Column("programme_id", sa.String(200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        _double("made_s"),
        sa.UniqueConstraint("person_id", "programme_id"),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("person", "person_id"),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        _double("at_s"),
    )
    for table in ("calibration", "programme", "export"):
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])
