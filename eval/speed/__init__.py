"""How fast a page finds its form among many, and how that compares with reading it whole."""
