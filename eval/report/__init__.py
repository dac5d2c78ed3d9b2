"""Results as a page to read: tables, bars and pictures of the worst mistakes."""
