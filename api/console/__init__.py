"""The review console: server-rendered pages for people, on the same services as the API."""

from api.console.mounting import mount

__all__ = ["mount"]
