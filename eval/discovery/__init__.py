"""Measure discovery: groups, links between editions, page numbers."""
