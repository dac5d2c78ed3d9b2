"""How much memory a PostgreSQL of our own keeps pages in."""

from __future__ import annotations

from typing import Final

import psutil

# Of the machine's memory: the models want most of it. PostgreSQL's own 128 MB are less than the
# index of 10^5 pages: a walk through 100,000 vectors (ef 120) took 3.8 ms of a core in buffers of a
# sixth of that index, 2.1 where all of it fits.
_SHARE: Final = 8
_LEAST: Final = 128
_MOST: Final = 4096


def buffers_mb() -> int:
    """Return the megabytes of PostgreSQL's `shared_buffers` on this machine."""
    return min(_MOST, max(_LEAST, psutil.virtual_memory().total // _SHARE >> 20))
