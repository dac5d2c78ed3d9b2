"""Rows to domain types and back, blobs, audit."""
