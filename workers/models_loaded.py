"""`python -m workers.models_loaded`: say by the exit code whether a worker has the models."""

from __future__ import annotations

import sys

from chohyo.services.model_calls import hosted
from chohyo.settings import Settings, open_runtime


def main() -> int:
    """Return 0 when the models are loaded and their worker was heard of lately."""
    runtime = open_runtime(Settings())
    try:
        return 0 if hosted(runtime) else 1
    finally:
        runtime.database.close()


if __name__ == "__main__":
    sys.exit(main())
