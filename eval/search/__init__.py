"""Measure search: words, noise, screenshots, photos and layouts, on the real services."""
