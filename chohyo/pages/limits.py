"""How much one uploaded file may cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

_PAGES_A_BUDGET = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a file and on the process that parses it.

    `file_mib` and `parse_memory_mib` are MiB. `page_megapixels` bounds the pixels stored in an
    image file; a PDF page is rendered at a bounded size whatever its media box says.
    `parse_seconds` is the wall-clock time the parser may keep its caller waiting to open a file;
    each page that arrives adds a twentieth of it, so a long document has time in proportion to its
    pages. Time the caller spends on a page between two pages is not counted.
    """

    file_mib: int = 64
    pages: int = 500
    page_megapixels: float = 60
    parse_seconds: float = 60
    parse_memory_mib: int = 2048

    @property
    def seconds_per_page(self) -> float:
        """Waiting time that each page adds, in seconds."""
        return self.parse_seconds / _PAGES_A_BUDGET

    @property
    def cpu_seconds(self) -> int:
        """Processor time after which the system ends a parser that nobody watches any more."""
        return math.ceil(self.parse_seconds + self.pages * self.seconds_per_page) + 1
