"""People by code, their sessions, results and corrections: SQLite by default, PostgreSQL by URL."""
