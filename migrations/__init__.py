"""Alembic's revisions; `cabinet migrate` runs them."""
