"""Qwen3-VL in a vLLM server: the same inputs and results, over HTTP.

Written for vLLM 0.14 and later, `vllm serve … --runner pooling`. Embeddings are asked for as chat
messages (`/v1/embeddings`), one input a request, which the server batches; scores of pairs
(`/score`) take their prompt from the template that the server was started with, see
`score_template`. Images are sent at the size the network sees, so that the server does not resize.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chohyo.models.http_endpoint import Endpoint
from chohyo.models.qwen_errors import InstructionError, ModelOutputError
from chohyo.models.qwen_pixels import Picture, PixelLimits, opened
from chohyo.models.qwen_prompts import (
    RERANK_INSTRUCTION,
    SEARCH_INSTRUCTION,
    ModelInput,
    ModelPair,
    embedding_messages,
    reranking_messages,
)
from chohyo.models.vector_cuts import cut

_CONTROL = re.compile(r"<\|(\w+)\|>")
# Tells the server's template that a query is a search; in a text `_plain` leaves no such mark.
_SEARCH = "<|search|>"
_AT_ONCE = 8  # requests under way; the server makes batches of them
_PAIRS = 8  # of one request

Given = TypeVar("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class VllmEmbedder:
    """Embeds through a server that runs Qwen3-VL-Embedding under the name `model`."""

    endpoint: Endpoint
    model: str
    limits: PixelLimits = field(default_factory=PixelLimits)

    def embed(
        self, inputs: Sequence[ModelInput], dimensions: int | None = None
    ) -> NDArray[np.float32]:
        """Return one L2-normalised row (inputs, dimensions) for each input, in their order.

        Raises:
            ModelInputError: an input cannot be used; nothing was sent.
            UnavailableError: the server does not answer.
            ModelServerError: it refuses.
            ModelOutputError: it answers something else than one finite vector for each.
        """
        bodies = [self.body(given, f"#{n}") for n, given in enumerate(inputs, 1)]
        answers = _each(bodies, lambda body: self.endpoint.post("/v1/embeddings", body))
        rows = [_vector(answer) for answer in answers]
        found = _finite(rows, len(inputs), self.model)
        return cut(found, dimensions or found.shape[1]) if rows else found

    def body(self, given: ModelInput, item: str) -> dict[str, Any]:
        """Return the request for one input."""
        given.check(item)
        urls = iter([_data_url(picture, self.limits, item) for picture in given.images])
        messages = embedding_messages(given, _plain)
        for turn in messages:
            turn["content"] = [
                part if part["type"] == "text" else _image(next(urls)) for part in turn["content"]
            ]
        return {
            "model": self.model,
            "messages": messages,
            "add_generation_prompt": True,
            "encoding_format": "float",
            "mm_processor_kwargs": _pixel_bounds(self.limits),
        }


@dataclass(frozen=True, slots=True)
class VllmReranker:
    """Scores through a server that runs Qwen3-VL-Reranker with the template of `instruction`.

    The template knows `SEARCH_INSTRUCTION` as well, so that one server serves both.
    """

    endpoint: Endpoint
    model: str
    instruction: str = RERANK_INSTRUCTION
    limits: PixelLimits = field(default_factory=PixelLimits)

    def score(self, pairs: Sequence[ModelPair]) -> NDArray[np.float32]:
        """Return a score in 0 … 1 for each pair, in their order: shape (pairs,).

        Raises:
            ModelInputError: a pair cannot be used; nothing was sent.
            InstructionError: a pair has another instruction than the server's template.
            UnavailableError: the server does not answer.
            ModelServerError: it refuses.
            ModelOutputError: it answers something else than one score for each.
        """
        sides = [self._sides(pair, f"#{n}") for n, pair in enumerate(pairs, 1)]
        bodies = [self._body(sides[n : n + _PAIRS]) for n in range(0, len(sides), _PAIRS)]
        answers = _each(bodies, lambda body: self.endpoint.post("/score", body))
        rows = [[score] for answer in answers for score in _scores(answer)]
        return _finite(rows, len(pairs), self.model).reshape(len(pairs))

    def _body(self, sides: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
        return {
            "model": self.model,
            "text_1": [query for query, _ in sides],
            "text_2": [document for _, document in sides],
            "mm_processor_kwargs": _pixel_bounds(self.limits),
        }

    def _sides(self, pair: ModelPair, item: str) -> tuple[Any, Any]:
        pair.check(item)
        told = pair.instruction or RERANK_INSTRUCTION
        if told not in (self.instruction, SEARCH_INSTRUCTION):
            raise InstructionError(item=item)
        mark = "" if told == self.instruction else _SEARCH
        return self._side(pair.query, item, mark), self._side(pair.document, item)

    def _side(self, given: ModelInput, item: str, mark: str = "") -> Any:
        text = mark + _plain("NULL" if given.nothing else given.text or "")
        written = [{"type": "text", "text": text}] if text else []
        seen = [_image(_data_url(picture, self.limits, item)) for picture in given.images]
        return {"content": [*seen, *written]}


def score_template(instruction: str = RERANK_INSTRUCTION) -> str:
    """Return the template to start the reranker's server with (`--chat-template`)."""
    pair = ModelPair(ModelInput("{QUERY}"), ModelInput("{DOCUMENT}"), "{INSTRUCTION}")
    system, user = reranking_messages(pair, _plain)
    asked = "".join(part["text"] for part in user["content"])
    query, document = (
        f"(messages | selectattr('role', 'eq', '{role}') | map(attribute='content') | first)"
        for role in ("query", "document")
    )
    usual, search = (
        json.dumps(_plain(t), ensure_ascii=False) for t in (instruction, SEARCH_INSTRUCTION)
    )
    places = {
        "INSTRUCTION": f"{search} if '{_SEARCH}' in {query} else {usual}",
        # Behind an image the mark stands on a line of its own.
        "QUERY": f"{query} | replace('\\n{_SEARCH}', '') | replace('{_SEARCH}', '')",
        "DOCUMENT": document,
    }
    for name, place in places.items():
        asked = asked.replace(f"{{{name}}}", f"{{{{ {place} }}}}")
    # Jinja drops one newline at the end of a template.
    return (
        f"<|im_start|>system\n{system['content'][0]['text']}<|im_end|>\n"
        f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n\n"
    )


def _each(given: Sequence[Given], ask: Callable[[Given], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(ask, given))


def _finite(rows: list[list[float]], asked: int, model: str) -> NDArray[np.float32]:
    """Return rows (asked, width) after making sure that there is a usable one for each input."""
    widths = {len(row) for row in rows}
    usable = [row for row in rows if row and np.isfinite(row).all()]
    if len(usable) != asked or len(widths) > 1:
        raise ModelOutputError(model=model, got=len(usable), asked=asked)
    return np.array(usable, np.float32).reshape(asked, max(widths, default=0))


def _vector(answer: Any) -> list[float]:
    match answer:
        case {"data": [{"embedding": [*numbers]}]} if all(map(_is_number, numbers)):
            return [float(number) for number in numbers]
    return []


def _scores(answer: Any) -> list[float]:
    match answer:
        case {"data": [*found]}:
            numbered = {f.get("index"): f.get("score") for f in found if isinstance(f, dict)}
            scores: list[Any] = [numbered.get(n) for n in range(len(found))]
            return [float(score) for score in scores if _is_number(score)]
    return []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(text: str) -> str:
    return _CONTROL.sub(r"< |\1|>", text)


def _image(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def _data_url(picture: Picture, limits: PixelLimits, item: str) -> str:
    buffer = io.BytesIO()
    limits.fitted(opened(picture, item)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _pixel_bounds(limits: PixelLimits) -> dict[str, int]:
    return {"min_pixels": limits.smallest, "max_pixels": limits.largest}
