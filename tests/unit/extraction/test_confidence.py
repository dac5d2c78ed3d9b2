"""Confidence is a probability that falls with the signs of trouble."""

from __future__ import annotations

import json
from importlib.resources import files

from chohyo.extraction.confidence import confidence, signs
from chohyo.models.ocr import RecognizedText


def line(*odds: float, text: str = "123456789") -> RecognizedText:
    return RecognizedText(text[: len(odds)], sum(odds) / len(odds), odds)


def sure(*lines: RecognizedText, among_print: bool = False) -> float:
    return confidence(signs(lines, among_print))


def test_a_value_is_as_unsure_as_its_weakest_letter():
    assert sure(line(0.99, 0.99, 0.99)) > 0.9
    assert sure(line(0.99, 0.3, 0.99)) < 0.7
    assert sure(line(0.99, 0.3, 0.99)) < sure(line(0.99, 0.8, 0.99)) < sure(line(0.99, 0.99, 0.99))


def test_a_value_of_which_nothing_was_read_is_hardly_right():
    assert sure() < 0.3


def test_confidence_is_never_certain():
    assert sure(line(*[1.0] * 9)) < 1.0
    assert sure(line(0.0)) > 0.0


def test_the_shipped_weights_say_what_they_were_fitted_on():
    data = json.loads(files("chohyo.extraction").joinpath("confidence.json").read_text("utf-8"))
    assert len(data["weights"]) == len(signs([line(0.9)], False))
    assert data["held_back"]["values"] > 100
    assert data["held_back"]["calibration_error"] < 0.03
