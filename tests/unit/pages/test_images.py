import numpy as np
import pytest
from page_files import encoded, marked, noise
from PIL import Image

from chohyo.errors import FileDamagedError, FileTypeError, PageTooLargeError
from chohyo.pages.images import (
    decode_colour,
    decode_grey,
    encode_jpeg,
    encode_png,
    encode_strokes,
)


def test_png_gives_back_the_very_pixels_grey_and_colour():
    grey = np.arange(6000, dtype=np.uint8).reshape(60, 100)
    colour = np.dstack((grey, grey.T.reshape(60, 100), 255 - grey))
    assert np.array_equal(decode_grey(encode_png(grey)), grey)
    assert np.array_equal(decode_colour(encode_png(colour)), colour)


def test_strokes_are_kept_as_they_are():
    ink = np.zeros((90, 70), np.uint8)
    ink[10:13, 5:60], ink[20:70, 30] = 255, 90

    assert np.array_equal(decode_grey(encode_strokes(ink)), ink)


def test_colour_is_blue_green_red():
    red = encoded(Image.new("RGB", (4, 4), (255, 0, 0)), "PNG")
    assert decode_colour(red)[0, 0].tolist() == [0, 0, 255]


def test_jpeg_keeps_the_look():
    flat = np.full((50, 40), 180, np.uint8)
    assert np.abs(decode_grey(encode_jpeg(flat)).astype(int) - 180).max() <= 2


def test_decoded_pixels_may_be_written_to():
    image = decode_colour(encode_png(np.zeros((4, 4), np.uint8)))
    image[0, 0] = 255
    assert image.sum() == 3 * 255


def test_a_bomb_is_refused_before_it_is_decoded():
    bomb = encoded(Image.new("1", (9000, 9000)), "PNG")
    with pytest.raises(PageTooLargeError) as refused:
        decode_grey(bomb)
    assert refused.value.params["megapixels"] == 81.0


def test_a_bomb_beyond_what_pillow_opens_is_refused_too():
    with pytest.raises(PageTooLargeError):
        decode_grey(encoded(Image.new("1", (15_000, 12_000)), "PNG"))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_a_truncated_image_is_damaged_rather_than_half_grey(file_format):
    data = encoded(noise(200, 200), file_format)
    with pytest.raises(FileDamagedError):
        decode_grey(data[: len(data) // 2])


def test_bytes_of_another_kind_are_refused():
    with pytest.raises(FileTypeError):
        decode_grey(encoded(marked(20, 20), "GIF"))
