"""What every format becomes: an upright evidence image and a grey model image."""

from pathlib import Path

import numpy as np
import psutil
import pymupdf
import pytest
from page_files import SENTENCE, born_digital, encoded, marked, noise, opened, tiff
from PIL import Image

from chohyo.pages.formats import JPEG, PDF, TIFF
from chohyo.pages.limits import Limits
from chohyo.pages.parsing import inspect, render_pages
from chohyo.pages.rendered import FileFacts, RenderedPage


@pytest.fixture
def render(tmp_path: Path):
    """Return a function that renders the pages of a file's bytes."""

    def rendered(data: bytes, limits: Limits | None = None) -> list[RenderedPage]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return list(render_pages(path, "upload", limits or Limits()))

    return rendered


def _dark_corner(data: bytes) -> str:
    pixels = np.asarray(opened(data).convert("L"), dtype=float)
    height, width = (side // 4 for side in pixels.shape)
    means = {
        "top left": pixels[:height, :width].mean(),
        "top right": pixels[:height, -width:].mean(),
        "bottom right": pixels[-height:, -width:].mean(),
        "bottom left": pixels[-height:, :width].mean(),
    }
    return min(means, key=lambda corner: means[corner])


def test_facts_tell_the_true_type_and_the_number_of_pages(tmp_path: Path):
    files = {
        PDF: born_digital(0, 90).tobytes(),
        TIFF: tiff([marked(80, 100)] * 3),
        JPEG: encoded(marked(80, 100), "JPEG"),
    }
    for media_type, data in files.items():
        path = tmp_path / "scan.png"
        path.write_bytes(data)
        pages = {PDF: 2, TIFF: 3, JPEG: 1}[media_type]
        assert inspect(path, "scan.png", Limits()) == FileFacts(media_type, pages)


def test_the_model_image_is_grey_with_a_long_side_of_1000(render):
    small, wide = marked(120, 160, "RGB"), marked(3000, 1200, "RGB")
    sizes = []
    for image in (small, wide):
        (page,) = render(encoded(image, "PNG"))
        model = opened(page.model)
        assert (model.format, model.mode) == ("PNG", "L")
        sizes.append(model.size)
    assert sizes == [(750, 1000), (1000, 400)]


def test_the_evidence_image_is_shrunk_to_2200_and_never_enlarged(render):
    (large,) = render(encoded(marked(3000, 4400), "JPEG", dpi=(400, 400)))
    (small,) = render(encoded(marked(300, 440), "JPEG", dpi=(200, 200)))
    assert opened(large.evidence).size == (large.width, large.height) == (1500, 2200)
    assert opened(small.evidence).size == (small.width, small.height) == (300, 440)
    assert (large.dpi, small.dpi) == (200.0, 200.0)


def test_thin_rules_survive_in_the_model_image(render):
    image = Image.new("L", (4000, 4000), 255)
    image.paste(0, (0, 2001, 4000, 2003))
    (page,) = render(encoded(image, "PNG"))
    assert opened(page.model).getextrema()[0] < 160


def test_a_pdf_is_rendered_at_200_dpi_unless_that_is_too_large(render):
    document = pymupdf.open()
    document.new_page(width=360, height=504)
    document.new_page(width=14_400, height=7_200)
    small, huge = render(document.tobytes())
    assert (small.width, small.height, small.dpi) == (1000, 1400, 200.0)
    assert (huge.width, huge.height, huge.dpi) == (2200, 1100, 11.0)


def test_the_pages_of_a_document_come_in_order_with_numbers_from_1(render):
    pages = render(born_digital(0, 90, 180, 270).tobytes())
    assert [page.page_no for page in pages] == [1, 2, 3, 4]
    assert [page.rotation for page in pages] == [0, 90, 180, 270]
    assert [page.width < page.height for page in pages] == [True, False, True, False]


def test_a_grey_scan_is_kept_grey_and_a_red_stamp_keeps_its_colour(render):
    plain = marked(600, 800, "RGB")
    stamped = plain.copy()
    stamped.paste((200, 30, 30), (400, 500, 460, 560))
    (grey,), (red,) = (render(encoded(image, "PNG")) for image in (plain, stamped))
    assert opened(grey.evidence).mode == "L"
    assert opened(red.evidence).mode == "RGB"


UPRIGHT = {
    1: (0, "top left"),
    2: (0, "top right"),
    3: (180, "bottom right"),
    4: (180, "bottom left"),
    5: (270, "top left"),
    6: (90, "top right"),
    7: (90, "bottom right"),
    8: (270, "bottom left"),
}


def _assert_upright(page: RenderedPage, orientation: int) -> None:
    turn, corner = UPRIGHT[orientation]
    assert page.rotation == turn
    assert (page.width, page.height) == ((200, 300) if turn % 180 else (300, 200))
    assert _dark_corner(page.evidence) == _dark_corner(page.model) == corner


@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_the_exif_orientation_of_a_photo_is_honoured(render, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = render(encoded(marked(300, 200), "JPEG", exif=exif))
    _assert_upright(page, orientation)


def test_every_frame_of_a_tiff_has_its_own_orientation(render):
    frames = [marked(300, 200) for _ in UPRIGHT]
    for frame, orientation in zip(frames, UPRIGHT, strict=True):
        frame.encoderinfo = {"tiffinfo": {274: orientation}}
    pages = render(tiff(frames, tiffinfo={274: 1}))
    for page, orientation in zip(pages, UPRIGHT, strict=True):
        _assert_upright(page, orientation)


def test_a_tiff_with_very_different_frames_gives_a_page_for_each(render):
    bilevel = render(tiff([marked(1700, 2200, "1"), marked(600, 100, "1")], compression="group4"))
    assert [(page.width, page.height) for page in bilevel] == [(1700, 2200), (600, 100)]
    assert {_dark_corner(page.model) for page in bilevel} == {"top left"}


def test_the_reduced_copy_inside_a_tiff_is_no_page_of_its_own(render):
    thumbnail = marked(30, 40)
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    pages = render(tiff([marked(300, 400), thumbnail]))
    assert [(page.width, page.height) for page in pages] == [(300, 400)]


def test_a_fax_with_oblong_dots_gets_its_shape_back(render):
    fax = encoded(marked(1728, 1100, "1"), "TIFF", dpi=(204, 98), compression="group4")
    (page,) = render(fax)
    assert page.height / page.width == pytest.approx(1100 * 204 / 98 / 1728, rel=0.01)


@pytest.mark.parametrize(
    ("file_format", "mode", "options"),
    [
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {}),
        ("TIFF", "CMYK", {"compression": "tiff_lzw"}),
        ("PNG", "P", {}),
        ("PNG", "1", {}),
        ("PNG", "I;16", {}),
        ("TIFF", "I;16", {}),
        ("TIFF", "F", {}),
    ],
)
def test_every_kind_of_pixel_becomes_black_on_white(render, file_format, mode, options):
    image = marked(200, 300)
    if mode in ("I;16", "F"):
        levels = np.asarray(image, dtype=np.float32) * (257 if mode == "I;16" else 1 / 255)
        image = Image.fromarray(levels.astype(np.uint16) if mode == "I;16" else levels)
    else:
        image = image.convert(mode)
    (page,) = render(encoded(image, file_format, **options))
    for data in (page.model, page.evidence):
        low, high = opened(data).convert("L").getextrema()
        assert low < 40
        assert high > 230
        assert _dark_corner(data) == "top left"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white_paper(render, mode):
    (page,) = render(encoded(Image.new(mode, (100, 100)), "PNG"))
    assert opened(page.model).getextrema() == (255, 255)


def test_a_transparent_palette_entry_is_white_paper(render):
    (page,) = render(encoded(Image.new("P", (100, 100), 0), "PNG", transparency=0))
    assert opened(page.model).getextrema() == (255, 255)


def test_the_content_key_is_the_same_for_the_same_pixels_only(render):
    image = noise(200, 300, "L")
    (as_png,), (as_tiff,) = (render(encoded(image, kind)) for kind in ("PNG", "TIFF"))
    (other,) = render(encoded(noise(300, 200, "L"), "PNG"))
    assert as_png.content_key == as_tiff.content_key != other.content_key
    assert len(as_png.content_key) == 64


def test_a_pdf_that_only_forbids_changes_is_read(render):
    data = born_digital().tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner")
    (page,) = render(data)
    assert " ".join(word.text for word in page.words) == SENTENCE


def test_pages_are_rendered_one_by_one_and_an_abandoned_document_leaves_no_process(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(born_digital(*[0] * 40).tobytes())
    # Other tests of the same process may have started servers that stay.
    before = set(psutil.Process().children())
    pages = render_pages(path, "upload", Limits())
    assert next(pages).page_no == 1
    assert set(psutil.Process().children()) - before
    pages.close()
    assert not set(psutil.Process().children()) - before
