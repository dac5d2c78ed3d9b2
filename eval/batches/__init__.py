"""Scan batches: filled forms put one behind another as a scanner gets them, and their truth."""
