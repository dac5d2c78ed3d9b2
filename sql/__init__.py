"""Migrations and named queries: all SQL lives here."""
