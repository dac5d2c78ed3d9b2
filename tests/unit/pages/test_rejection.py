"""What cannot be taken in is refused with its reason, and the caller lives on."""

import time
from pathlib import Path

import psutil
import pymupdf
import pytest
from page_files import (
    born_digital,
    encoded,
    endless_pdf,
    noise,
    pdf_without_pages,
    raw_pdf,
    tiff,
)
from PIL import Image

from chohyo.errors import (
    FileDamagedError,
    FileEmptyError,
    FileEncryptedError,
    FileTooLargeError,
    FileTypeError,
    PageTooLargeError,
    ParseMemoryError,
    ParseTimeoutError,
    RejectedFileError,
    TooManyPagesError,
    UnavailableError,
)
from chohyo.pages.limits import Limits
from chohyo.pages.parsing import inspect, render_pages

NAME = "申請書.pdf"


@pytest.fixture(autouse=True)
def _no_process_is_left():
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


@pytest.fixture
def rejected(tmp_path: Path):
    """Return a function that gives the error for a file, the same at upload and when rendered."""

    def reject(data: bytes, limits: Limits | None = None) -> RejectedFileError:
        path = tmp_path / "upload"
        path.write_bytes(data)
        with pytest.raises(RejectedFileError) as at_upload:
            inspect(path, NAME, limits or Limits())
        with pytest.raises(RejectedFileError) as when_rendered:
            list(render_pages(path, NAME, limits or Limits()))
        assert type(at_upload.value) is type(when_rendered.value)
        assert at_upload.value.params == when_rendered.value.params
        assert at_upload.value.params["filename"] == NAME
        return at_upload.value

    return reject


def test_an_empty_file_is_rejected(rejected):
    assert isinstance(rejected(b""), FileEmptyError)


@pytest.mark.parametrize("data", [b"<html>hello</html>", b"PK\x03\x04rest", b"MZ\x90\x00rest"])
def test_a_file_that_only_its_name_makes_a_pdf_is_rejected(rejected, data):
    assert isinstance(rejected(data), FileTypeError)


def test_a_file_over_the_byte_limit_is_rejected_with_both_sizes(rejected):
    error = rejected(b"%PDF-1.4" + bytes(2 << 20), Limits(file_mib=1))
    assert isinstance(error, FileTooLargeError)
    assert (error.params["size_mib"], error.params["limit_mib"]) == (2.0, 1)


def test_a_pdf_that_asks_for_a_password_is_rejected(rejected):
    data = born_digital().tobytes(
        encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner"
    )
    assert isinstance(rejected(data), FileEncryptedError)


def test_a_pdf_without_pages_is_rejected_as_empty(rejected):
    assert isinstance(rejected(pdf_without_pages()), FileEmptyError)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_truncated_pdf_is_rejected_as_damaged(rejected, share):
    data = born_digital(0, 0, 0).tobytes()
    assert isinstance(rejected(data[: int(len(data) * share)]), FileDamagedError)


def test_a_pdf_whose_page_count_lies_is_rejected_as_damaged(rejected):
    data = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 3>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    )
    assert isinstance(rejected(data), FileDamagedError)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_a_truncated_image_is_rejected_as_damaged(rejected, file_format):
    data = encoded(noise(300, 200), file_format)
    assert isinstance(rejected(data[: len(data) // 2]), FileDamagedError)


def test_a_document_with_too_many_pages_is_rejected_with_their_number(rejected):
    error = rejected(born_digital(0, 0, 0).tobytes(), Limits(pages=2))
    assert isinstance(error, TooManyPagesError)
    assert (error.params["pages"], error.params["limit"]) == (3, 2)


def test_a_tiff_with_too_many_frames_is_rejected_with_their_number(rejected):
    frames = [Image.new("1", (8, 8))] * 7
    error = rejected(tiff(frames), Limits(pages=3))
    assert isinstance(error, TooManyPagesError)
    assert error.params["pages"] == 7


def test_an_image_with_too_many_pixels_is_rejected_without_decoding_it(rejected):
    bomb = encoded(Image.new("1", (10_000, 9_000)), "PNG")
    assert len(bomb) < 20_000
    error = rejected(bomb, Limits(parse_memory_mib=90))
    assert isinstance(error, PageTooLargeError)
    assert (error.params["page"], error.params["megapixels"]) == (1, 90.0)


def test_the_large_frame_of_a_tiff_is_named_by_its_page_number(rejected):
    data = tiff([Image.new("1", (100, 100)), Image.new("1", (1500, 1000))], compression="group4")
    error = rejected(data, Limits(page_megapixels=1))
    assert isinstance(error, PageTooLargeError)
    assert error.params["page"] == 2


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_an_image_that_needs_more_memory_than_allowed_is_rejected(rejected, file_format):
    data = encoded(Image.new("RGB", (6000, 6000)), file_format)
    error = rejected(data, Limits(parse_memory_mib=150))
    assert isinstance(error, ParseMemoryError)
    assert error.params["limit_mib"] == 150


def test_a_pdf_that_needs_more_memory_than_allowed_is_rejected(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(born_digital().tobytes())
    with pytest.raises(ParseMemoryError):
        list(render_pages(path, NAME, Limits(parse_memory_mib=100)))


def test_a_pdf_that_would_render_for_ever_is_stopped(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(endless_pdf())
    started = time.monotonic()
    with pytest.raises(ParseTimeoutError) as stopped:
        list(render_pages(path, NAME, Limits(parse_seconds=1)))
    assert time.monotonic() - started < 10
    assert stopped.value.params == {"filename": NAME, "seconds": 1}


def test_a_parser_that_cannot_even_start_is_not_blamed_on_the_file(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(born_digital().tobytes())
    with pytest.raises(UnavailableError):
        inspect(path, NAME, Limits(parse_memory_mib=40))


def test_a_budget_too_short_to_start_in_is_a_timeout_too(rejected):
    error = rejected(born_digital().tobytes(), Limits(parse_seconds=0.001))
    assert isinstance(error, ParseTimeoutError)
