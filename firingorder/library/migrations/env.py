"""Runs the migrations on the connection it is given: alembic loads this file itself."""

from alembic import context

from firingorder.library.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
