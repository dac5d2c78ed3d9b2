from __future__ import annotations

import sys
from pathlib import Path

# The small form that the tests of discovery draw serves here too.
sys.path.insert(0, str(Path(__file__).parents[1] / "discovery"))
