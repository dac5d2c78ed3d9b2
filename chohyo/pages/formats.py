"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

from typing import Final

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TIFF: Final = "image/tiff"

# Readers accept a PDF header anywhere in the first KiB (ISO 32000-1, annex H.3.4.1).
SNIFFED_BYTES: Final = 1024

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
)
# Formats that may carry "%PDF-" inside while being something else.
_FOREIGN: Final = (b"PK\x03\x04", b"MZ", b"\x7fELF", b"<", b"GIF8", b"RIFF", b"%!PS")


def sniff(data: bytes) -> str | None:
    """Return the media type that the first KiB of a file shows, None when it is not accepted."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    head = data[:SNIFFED_BYTES]
    if b"%PDF-" in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FOREIGN):
        return PDF
    return None
