"""The library: find the form types in a pile of scans, route pages to them, read their fields."""
