"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of the installation; `data`, or what CHOHYO_DATA_DIR says.",
        file_okay=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most rows to show.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until the work is done.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=1, help="Seconds to wait before giving up waiting.")
]
CollectionName = Annotated[
    str | None,
    typer.Option("--collection", help="Name of the collection; the first one when left out."),
]
