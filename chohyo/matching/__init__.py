"""Register a page onto a template, compare print, decide."""
