"""Endless made-up forms, drawn small: what the layout encoder learns from."""
