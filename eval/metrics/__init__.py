"""Metrics over pages: groups, rejection, times; with intervals from resampling."""
