"""The HTTP doors: the /v1 API and the review console."""
