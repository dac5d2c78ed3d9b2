"""Measure extraction: onboard forms from some copies, read the fields of the others."""
