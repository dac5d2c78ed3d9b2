"""Use cases: one transaction and its audit entry each."""
