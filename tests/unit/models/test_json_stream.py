"""Objects of a JSON text that is still being written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as some

from chohyo.models.json_stream import ObjectStream

SAID = {
    "sentences": [
        {"text": 'He said: "}{" and \\', "cites": ["r1"]},
        {"text": "合計は{12}円", "cites": []},
    ]
}


@given(some.lists(some.integers(0, 200), max_size=30), some.booleans())
def test_objects_come_once_and_in_order_however_the_text_arrives(cuts, ascii_only):
    text = f"Here: {json.dumps(SAID, ensure_ascii=ascii_only)} done }} {{"
    stream, found = ObjectStream(), []
    for cut in [*sorted(min(cut, len(text)) for cut in cuts), len(text)]:
        found += stream.closed(text[:cut])
    assert found == [*SAID["sentences"], SAID]


def test_an_object_is_there_as_soon_as_it_is_closed():
    stream = ObjectStream()
    assert stream.closed('{"a": [{"b": 1') == []
    assert stream.closed('{"a": [{"b": 1}') == [{"b": 1}]
    assert stream.closed('{"a": [{"b": 1}, {nonsense}') == []
    assert stream.closed('{"a": [{"b": 1}, {nonsense}, {"b": 2}') == [{"b": 2}]
