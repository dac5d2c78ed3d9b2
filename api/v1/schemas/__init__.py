"""What the interface shows of each resource, and how domain types become it."""
