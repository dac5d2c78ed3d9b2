"""Qwen3-VL-Instruct as a chat model in this process: prompt, greedy generation, tool calls, JSON.

The checkpoint's chat template tells of tools and of their results, as in the published ones: a call
is JSON between `<tool_call>` and `</tool_call>`. What the conversation holds is data: it cannot
open a turn, an image or a call.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import torch
from transformers import (
    GenerationConfig,
    Qwen3VLForConditionalGeneration,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.generation.streamers import BaseStreamer

from chohyo.errors import UnavailableError
from chohyo.models.chat import ChatOutputError, Message, Reply, ToolCall
from chohyo.models.qwen_errors import InputTooLongError, ModelMemoryError
from chohyo.models.qwen_loading import (
    Checkpoint,
    Placement,
    free_memory,
    is_out_of_memory,
    load_vocabulary,
    load_weights,
)
from chohyo.models.qwen_tokens import GrowingText, Vocabulary

LONGEST = 32_768  # tokens of a prompt
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)
_MARK = re.compile(r"<(/?)(tool_call|tool_response|tools|think)>")
_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)
_TOLD = "When you have what you need, answer with nothing but JSON of this schema:\n"


@dataclass(frozen=True, slots=True)
class QwenChat:
    """A loaded checkpoint, its tokenizer with the chat template, and where it runs."""

    checkpoint: Checkpoint
    model: Any
    vocabulary: Vocabulary
    placement: Placement
    longest: int = LONGEST

    @classmethod
    def load(cls, checkpoint: Checkpoint, placement: Placement) -> QwenChat:
        """Load a checkpoint; raises as `load_weights`."""
        model = load_weights(Qwen3VLForConditionalGeneration, checkpoint, placement)
        # With cuDNN's attention a card now and then answers the same prompt otherwise.
        torch.backends.cuda.enable_cudnn_sdp(False)
        return cls(checkpoint, model, load_vocabulary(checkpoint), placement)

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
        seconds: float,
        tell: Callable[[str], None] | None = None,
    ) -> Reply:
        """Return the model's next turn, the likeliest token by token: the same again each time.

        Args:
            messages: the conversation so far, as OpenAI has it.
            tools: what may be called, as OpenAI describes functions.
            schema: JSON Schema that a final answer has to keep to.
            most_tokens: bound on the answer.
            seconds: time for it.
            tell: is given what is written so far, token by token.

        Raises:
            InputTooLongError: the conversation is longer than the model reads.
            ModelMemoryError: there is not enough memory for it.
            UnavailableError: the time was over before the answer was.
            ChatOutputError: it broke off, or is neither a call nor JSON of the schema.
        """
        ids = self.vocabulary.ids(self.prompt(messages, tools, schema))
        if len(ids) > self.longest:
            raise InputTooLongError(item="#1", limit=self.longest)
        deadline = _Deadline(time.monotonic() + seconds)
        teller = _Teller(self.vocabulary, tell) if tell is not None else None
        made = self._generated(ids, most_tokens, deadline, teller)
        if not made or made[-1] not in self._ends():
            if deadline.passed:
                raise UnavailableError(part="The chat model")
            raise ChatOutputError
        text, calls = parsed(self.vocabulary.text(made), len(messages))
        if not calls:
            text = _final(text, schema)
        return Reply(text, calls, _turn(text, calls), len(ids), len(made))

    def prompt(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
    ) -> str:
        """Return the conversation as the checkpoint's template writes it."""
        turns = [self._inert(message) for message in messages]
        told = _TOLD + json.dumps(schema, ensure_ascii=False, sort_keys=True)
        if turns and turns[0]["role"] == "system":
            turns[0]["content"] = f"{turns[0]['content']}\n{told}"
        else:
            turns.insert(0, {"role": "system", "content": told})
        functions = [{"type": "function", "function": dict(tool)} for tool in tools]
        return self.vocabulary.conversation(turns, functions)

    def _inert(self, message: Message) -> Message:
        """Return a turn whose texts cannot be taken for control tokens or calls."""
        turn = {**message, "content": self._plain(str(message.get("content") or ""))}
        if "tool_calls" in message:
            turn["tool_calls"] = [
                {**call, "function": {
                    name: self._plain(str(text)) for name, text in call["function"].items()
                }}
                for call in message["tool_calls"]
            ]  # fmt: skip
        return turn

    def _plain(self, text: str) -> str:
        return _MARK.sub(r"< \1\2>", self.vocabulary.plain(text))

    def _generated(
        self,
        ids: Sequence[int],
        most_tokens: int,
        deadline: _Deadline,
        teller: _Teller | None = None,
    ) -> list[int]:
        given = torch.tensor([list(ids)], device=self.placement.device)
        greedy = GenerationConfig(
            do_sample=False, num_beams=1, max_new_tokens=most_tokens,
            eos_token_id=sorted(self._ends()), pad_token_id=self.vocabulary.pad_id,
        )  # fmt: skip
        made = None
        try:
            with torch.inference_mode():
                made = self.model.generate(
                    input_ids=given, attention_mask=torch.ones_like(given),
                    mm_token_type_ids=torch.zeros_like(given), generation_config=greedy,
                    stopping_criteria=StoppingCriteriaList([deadline]), streamer=teller,
                )  # fmt: skip
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        if made is None:
            # After the handler, whose traceback holds what there was no room for.
            free_memory()
            raise ModelMemoryError
        return [int(token) for token in made[0, len(ids) :]]

    def _ends(self) -> set[int]:
        own = self.model.generation_config.eos_token_id
        listed = own if isinstance(own, list) else [own]
        return {*(each for each in listed if each is not None), self.vocabulary.end_id}


class _Deadline(StoppingCriteria):  # type: ignore[misc]
    """Stops generation when its time is over."""

    def __init__(self, at: float) -> None:
        self._at = at
        self.passed = False

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """Say for each sequence whether to stop."""
        self.passed = time.monotonic() > self._at
        return torch.full((input_ids.shape[0],), self.passed, device=input_ids.device)


class _Teller(BaseStreamer):  # type: ignore[misc]
    """Tells what is generated, once its letters are whole."""

    def __init__(self, vocabulary: Vocabulary, tell: Callable[[str], None]) -> None:
        self._text, self._tell = GrowingText(vocabulary), tell
        self._begun = False

    def put(self, value: torch.Tensor) -> None:
        """Take in tokens: first the prompt's, then one after the other."""
        if self._begun:
            self._tell(self._text.add([int(token) for token in value.flatten()]))
        self._begun = True

    def end(self) -> None:
        """Do nothing: the whole answer is returned."""


def parsed(made: str, turn: int) -> tuple[str, tuple[ToolCall, ...]]:
    """Return what a model wrote as its text and the calls in it, named by the turn.

    Raises:
        ChatOutputError: a call is no JSON object of a name and arguments, or was not ended.
    """
    found = _CALL.findall(made)
    text = _CALL.sub("", made).strip()
    if "<tool_call>" in text:
        raise ChatOutputError
    calls = tuple(_call(content, f"call-{turn}-{n}") for n, content in enumerate(found))
    return text, calls


def _call(content: str, call_id: str) -> ToolCall:
    try:
        said = json.loads(content)
        name, arguments = said["name"], said.get("arguments", {})
        if isinstance(arguments, str):
            arguments = json.loads(arguments)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ChatOutputError from error
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise ChatOutputError
    return ToolCall(call_id, name, arguments)


def _final(text: str, schema: Mapping[str, Any]) -> str:
    """Return the JSON of a final answer without a fence around it."""
    fenced = _FENCE.match(text)
    bare = fenced.group(1) if fenced else text
    try:
        answer = json.loads(bare)
    except ValueError as error:
        raise ChatOutputError from error
    if not jsonschema_rs.is_valid(dict(schema), answer):
        raise ChatOutputError
    return bare


def _turn(text: str, calls: Sequence[ToolCall]) -> Message:
    turn: Message = {"role": "assistant", "content": text}
    if calls:
        turn["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {
                "name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)
            }}
            for call in calls
        ]  # fmt: skip
    return turn
