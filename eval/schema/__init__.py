"""Measure the schema that the product proposes: boxes, types, labels, names."""
