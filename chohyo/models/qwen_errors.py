"""What can be wrong with inputs of the Qwen3-VL models, with their weights, or with the device."""

from __future__ import annotations

from chohyo.errors import ChohyoError


class ModelInputError(ChohyoError):
    """One of the inputs cannot be used; each child is one reason.

    `item` says which: its number, from 1, with the side of a pair.
    """

    code = "model-input"
    message = "{item} cannot be used as an input of the model."
    http_status = 422
    exit_code = 2


class InputFormError(ModelInputError):
    """The input is not of the agreed form."""

    code = "model-input-form"
    message = (
        "{item}: give an object with `text`, `image` or both, and perhaps `instruction`, each of "
        "them a string."
    )


class EmptyTextError(ModelInputError):
    """A text without a single letter would be judged as if it said something."""

    code = "model-input-empty"
    message = "{item} has an empty text. Give it words, or leave the text out."


class ImageMissingError(ModelInputError):
    """The image's file is not there."""

    code = "model-input-missing"
    message = "{item}: there is no file {path}."


class NotAnImageError(ModelInputError):
    """The image cannot be decoded."""

    code = "model-input-image"
    message = "{item}: {path} is no image that can be read. Scan or export it again."


class ImageShapeError(ModelInputError):
    """The image is too long and thin for the vision tower."""

    code = "model-input-shape"
    message = (
        "{item}: the image has {width} × {height} pixels. One side may be 200 times the other at "
        "most; cut it in pieces."
    )


class InputTooLongError(ModelInputError):
    """Cutting the text does not suffice: images would have to be cut as well."""

    code = "model-input-long"
    message = (
        "{item}: without its text it already takes more than {limit} tokens. Shorten the "
        "instruction, or give fewer or smaller images."
    )


class ModelLoadError(ChohyoError):
    """The weights cannot be loaded, or are not what they should be."""

    code = "model-load"
    message = "The model {model} cannot be loaded: {detail}"
    http_status = 503
    exit_code = 7


class ExtraMissingError(ChohyoError):
    """Packages are needed that the default installation leaves out."""

    code = "extra-missing"
    message = "{package} is not installed. Install it: {command}"
    http_status = 503
    exit_code = 7


class ModelMemoryError(ChohyoError):
    """Even one input at a time needs more memory than the device has free."""

    code = "model-memory"
    message = (
        "One input alone needs more memory than the device has free. End other programs on it, "
        "lower CHOHYO_QWEN__MAX_PIXELS, or load the model in 8 or 4 bits; `chohyo models plan` "
        "shows what fits."
    )
    http_status = 503
    exit_code = 7


class InstructionError(ModelInputError):
    """A server's template holds one instruction, and the pair wants another."""

    code = "model-input-instruction"
    message = (
        "{item}: the model server scores by the instruction of its template alone. Start it with "
        "the template that `chohyo models score-template` prints."
    )


class ModelServerError(ChohyoError):
    """The model server refuses a request."""

    code = "model-server"
    message = "The model server answered {status}: {detail}"
    http_status = 502
    exit_code = 7


class ModelOutputError(ChohyoError):
    """The network returned something else than one finite result for each input."""

    code = "model-output"
    message = "The model {model} returned {got} usable results for {asked} inputs."
    http_status = 500
    exit_code = 1
