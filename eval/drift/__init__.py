"""How soon drift of print is seen, and how often it is seen where there is none."""
