"""Prompts as token ids: image places widened to their visual tokens, and cut to a length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chohyo.models.qwen_errors import InputTooLongError, ModelLoadError
from chohyo.models.qwen_prompts import Message

IMAGE = "<|image_pad|>"
_UNFINISHED = "\ufffd"  # what a tokenizer makes of a letter whose bytes are not all there
_LONGEST_LETTER = 8  # tokens: bytes that are no letter after so many never will be one
_TAIL = 5  # tokens that the reference's reranker keeps whatever is cut: the answer's beginning


@dataclass(frozen=True, slots=True)
class Padded:
    """A batch of prompts, each array of shape (prompts, longest)."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    image: NDArray[np.int64]


class Vocabulary:
    """A checkpoint's tokenizer and chat template.

    Everything is looked up by token, for ids differ between checkpoints.

    Args:
        tokenizer: a tokenizer of the transformers library.
        model: name of the checkpoint, for errors.
    """

    def __init__(self, tokenizer: Any, model: str) -> None:
        self._tokenizer = tokenizer
        self._model = model
        self.image_id = self.id_of(IMAGE)
        added = tokenizer.added_tokens_decoder
        self._special = {number for number, token in added.items() if token.special}
        self._special |= set(tokenizer.all_special_ids)
        self._special_texts = [token.content for token in added.values()]

    def id_of(self, token: str) -> int:
        """Return the id of a token.

        Raises:
            ModelLoadError: the checkpoint does not know it.
        """
        found = self._tokenizer.get_vocab().get(token)
        if found is None:
            raise ModelLoadError(model=self._model, detail=f"its tokenizer has no token {token!r}")
        return int(found)

    def plain(self, text: str) -> str:
        """Return a text that cannot be taken for a turn, an image or another control token."""
        for special in self._special_texts:
            text = text.replace(special, special[:1] + " " + special[1:])
        return text

    def prompt(self, messages: Sequence[Message], visual: Sequence[int]) -> str:
        """Render messages, each place of an image widened to its number of visual tokens."""
        rendered: str = self._tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=True, tokenize=False
        )
        texts = rendered.split(IMAGE)
        if len(texts) != len(visual) + 1:
            raise ModelLoadError(model=self._model, detail="its chat template drops images")
        widened = [IMAGE * tokens + after for tokens, after in zip(visual, texts[1:], strict=True)]
        return texts[0] + "".join(widened)

    @property
    def pad_id(self) -> int:
        """Return the token that fills up shorter prompts."""
        return int(self._tokenizer.pad_token_id or 0)

    @property
    def end_id(self) -> int:
        """Return the token that ends a turn."""
        return int(self._tokenizer.eos_token_id)

    def conversation(self, turns: Sequence[Message], tools: Sequence[Message]) -> str:
        """Render a conversation with the tools that may be called, up to where an answer begins."""
        rendered: str = self._tokenizer.apply_chat_template(
            list(turns), tools=list(tools) or None, add_generation_prompt=True, tokenize=False
        )
        return rendered

    def ids(self, prompt: str) -> list[int]:
        """Return the ids of a rendered conversation."""
        return self._ids(prompt)

    def text(self, ids: Sequence[int]) -> str:
        """Return the text of generated ids, without control tokens."""
        decoded: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return decoded

    def embedding_ids(self, prompt: str, visual: int, longest: int, item: str) -> list[int]:
        """Return the ids of a prompt; what is too long loses its end, as in the reference.

        Images come before the text, so it is text that is lost.

        Raises:
            InputTooLongError: images would have to be cut.
        """
        ids = self._ids(prompt, truncation=True, max_length=longest)
        return self._with_all_images(ids, visual, longest, item)

    def reranking_ids(self, prompt: str, visual: int, longest: int, item: str) -> list[int]:
        """Return the ids of a prompt; what is too long loses ordinary tokens before its tail.

        As in the reference: control tokens, of images as well, are all kept, of the others as many
        of the first as there is room for, and the five at the end come on top.
        """
        ids = self._ids(prompt)
        body, tail = ids[:-_TAIL], ids[-_TAIL:]
        if len(body) > longest:
            room = longest - sum(token in self._special for token in body)
            if room < 0:
                raise InputTooLongError(item=item, limit=longest)
            body = self._shortened(body, room)
        return self._with_all_images(body + tail, visual, longest, item)

    def padded(self, prompts: Sequence[Sequence[int]], *, left: bool) -> Padded:
        """Return prompts side by side, padded on one side."""
        width = max(map(len, prompts))
        pad = self._tokenizer.pad_token_id
        ids = np.full((len(prompts), width), 0 if pad is None else pad, np.int64)
        mask = np.zeros((len(prompts), width), np.int64)
        for row, prompt in enumerate(prompts):
            place = slice(width - len(prompt), width) if left else slice(0, len(prompt))
            ids[row, place], mask[row, place] = prompt, 1
        return Padded(ids, mask, ((ids == self.image_id) & (mask == 1)).astype(np.int64))

    def _ids(self, prompt: str, **options: Any) -> list[int]:
        return list(self._tokenizer(prompt, **options)["input_ids"])

    def _shortened(self, ids: Sequence[int], room: int) -> list[int]:
        kept: list[int] = []
        for token in ids:
            if token in self._special:
                kept.append(token)
            elif room > 0:
                kept.append(token)
                room -= 1
        return kept

    def _with_all_images(self, ids: list[int], visual: int, longest: int, item: str) -> list[int]:
        if ids.count(self.image_id) != visual:
            raise InputTooLongError(item=item, limit=longest)
        return ids


class GrowingText:
    """The text of tokens that come one after the other; each is decoded but a few times."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._whole = ""
        # What a token says may depend on the one before it: a space, a mark.
        self._before: list[int] = []
        self._rest: list[int] = []

    def add(self, ids: Sequence[int]) -> str:
        """Return the text so far, up to the last letter of which all bytes are there."""
        self._rest += ids
        before = self._vocabulary.text(self._before)
        new = self._vocabulary.text([*self._before, *self._rest]).removeprefix(before)
        if new.endswith(_UNFINISHED) and len(self._rest) < _LONGEST_LETTER:
            return self._whole + new.rstrip(_UNFINISHED)
        self._whole += new
        self._before, self._rest = self._rest, []
        return self._whole
