"""What Qwen3-VL-Embedding and Qwen3-VL-Reranker are told, as messages for the chat template.

The wording and order are those of the reference implementation (QwenLM/Qwen3-VL-Embedding); the
template in its paper differs. Texts of documents and users are data: see `Vocabulary.plain`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chohyo.models.qwen_errors import EmptyTextError, InputFormError
from chohyo.models.qwen_pixels import Picture

PROMPT_VERSION = "qwen3-vl-1"
EMBED_INSTRUCTION = "Represent the user's input."
RERANK_INSTRUCTION = "Given a search query, retrieve relevant candidates that answer the query."
SEARCH_INSTRUCTION = (
    "Given a search query, which is words, a picture of a page or of a part of one, or both, "
    "retrieve the pages that answer the query."
)
_JUDGE = (
    "Judge whether the Document meets the requirements based on the Query and the Instruct "
    'provided. Note that the answer can only be "yes" or "no".'
)
_NOTHING = "NULL"

Message = dict[str, Any]
Plain = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """One thing to embed or to judge: images, then a text.

    Only an input that says `nothing` of itself becomes the reference's `NULL` prompt; one whose
    image or text was lost on the way is refused.
    """

    text: str | None = None
    images: tuple[Picture, ...] = ()
    instruction: str | None = None
    nothing: bool = False

    def check(self, item: str) -> None:
        """Refuse an input that says nothing without meaning to.

        Raises:
            EmptyTextError: its text is empty.
            InputFormError: it has neither text nor image, or says so and has.
        """
        if self.text is not None and not self.text.strip():
            raise EmptyTextError(item=item)
        if self.nothing != (self.text is None and not self.images):
            raise InputFormError(item=item)


@dataclass(frozen=True, slots=True)
class ModelPair:
    """A query and a document; a score of (query, document) is not that of (document, query)."""

    query: ModelInput
    document: ModelInput
    instruction: str | None = None

    @property
    def images(self) -> tuple[Picture, ...]:
        """Return the images of both, in the order of the prompt."""
        return self.query.images + self.document.images

    def check(self, item: str) -> None:
        """Refuse a pair one side of which says nothing without meaning to."""
        self.query.check(f"{item}, query")
        self.document.check(f"{item}, document")


def embedding_messages(given: ModelInput, plain: Plain = str) -> list[Message]:
    """Return the instruction as system turn, and images and text as user turn."""
    return [_turn("system", [_text(plain(_told(given)))]), _turn("user", [*_parts(given, plain)])]


def reranking_messages(pair: ModelPair, plain: Plain = str) -> list[Message]:
    """Return the judge's system turn, and instruction, query and document as user turn."""
    content = [
        _text("<Instruct>: " + plain(pair.instruction or RERANK_INSTRUCTION)),
        _text("<Query>:"),
        *_parts(pair.query, plain),
        _text("\n<Document>:"),
        *_parts(pair.document, plain),
    ]
    return [_turn("system", [_text(_JUDGE)]), _turn("user", content)]


def _told(given: ModelInput) -> str:
    instruction = (given.instruction or "").strip()
    if not instruction:
        return EMBED_INSTRUCTION
    closed = unicodedata.category(instruction[-1]).startswith("P")
    return instruction if closed else instruction + "."


def _parts(given: ModelInput, plain: Plain) -> Iterator[Message]:
    if given.nothing:
        yield _text(_NOTHING)
    for _ in given.images:
        yield {"type": "image"}
    if given.text is not None:
        yield _text(plain(given.text))


def _text(text: str) -> Message:
    return {"type": "text", "text": text}


def _turn(role: str, content: list[Message]) -> Message:
    return {"role": role, "content": content}
