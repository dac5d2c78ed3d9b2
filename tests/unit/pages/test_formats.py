import pytest

from chohyo.pages.formats import JPEG, PDF, PNG, TIFF, sniff


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", PDF),
        (b"\r\njunk before the header\n%PDF-1.4", PDF),
        (b"\x89PNG\r\n\x1a\n\x00\x00", PNG),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"II*\x00\x08\x00\x00\x00", TIFF),
        (b"MM\x00*\x00\x00\x00\x08", TIFF),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, media_type: str):
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"plain text",
        b"<html><body>%PDF-1.4</body></html>",
        b"PK\x03\x04 a zip that stores a.pdf uncompressed: %PDF-1.4",
        b"MZ\x90\x00 %PDF-1.4",
        b"GIF89a",
        b" " * 2000 + b"%PDF-1.4",
    ],
)
def test_a_file_of_another_format_is_not_taken_for_an_accepted_one(head: bytes):
    assert sniff(head) is None
