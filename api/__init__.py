"""The HTTP door: `/v1` for programs, and the review console for people, on the same services."""
