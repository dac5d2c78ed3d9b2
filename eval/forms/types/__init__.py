"""The form types, a few to a module: what is printed, and what a made-up person writes."""
