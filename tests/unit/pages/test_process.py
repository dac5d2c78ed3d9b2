"""Whatever the parser does, its caller gets an answer and keeps no remains."""

import json
import os
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from chohyo.pages.frames import MalformedFrameError, pack
from chohyo.pages.limits import Limits
from chohyo.pages.process import ParserDiedError, ParserTimeoutError, parser


@pytest.fixture
def start(tmp_path: Path):
    """Return a function that runs a piece of Python in the parser's place."""
    file = tmp_path / "upload"
    file.write_bytes(b"the file")

    def started(code: str, seconds: float = 20):
        command = (sys.executable, "-S", "-c", textwrap.dedent(code))
        return parser(file, "render", "image/png", Limits(parse_seconds=seconds), command)

    # Other tests of the same process may have started servers that stay.
    before = set(psutil.Process().children(recursive=True))
    yield started
    assert not set(psutil.Process().children(recursive=True)) - before


def test_a_parser_that_says_nothing_is_given_up(start):
    began = time.monotonic()
    with pytest.raises(ParserTimeoutError), start("import time; time.sleep(60)", 0.3) as running:
        running.next_frame()
    assert time.monotonic() - began < 10


def test_a_parser_that_trickles_bytes_is_given_up(start):
    code = """
        import os, time
        while True:
            os.write(1, b"\\0")
            time.sleep(0.05)
    """
    with pytest.raises((ParserTimeoutError, MalformedFrameError)), start(code, 0.5) as running:
        running.next_frame()


def test_what_the_parser_started_dies_with_it(start):
    code = """
        import os, subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
        sys.stdout.write("%05d" % child.pid)
        sys.stdout.flush()
        time.sleep(60)
    """
    with start(code) as running:
        child = psutil.Process(int(running._take(5)))
        assert child.is_running()
    assert child.wait(timeout=10) is None or not child.is_running()


def test_a_crash_is_told_with_its_exit_code(start):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    with pytest.raises(ParserDiedError) as died, start(code) as running:
        running.next_frame()
    assert died.value.exit_code == -11


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xff\xff\xffHello",
        b"\0\0\0\x05Hello",
        b"\0\0\0\x02[]",
        b'\0\0\0\x0c{"blobs":[-1]}',
        pack({"kind": "page"}).replace(b"[]", b'{"'),
    ],
)
def test_garbage_on_the_pipe_is_recognised(start, garbage):
    code = f"import os, time; os.write(1, {garbage!r}); time.sleep(60)"
    with pytest.raises(MalformedFrameError), start(code) as running:
        running.next_frame()


def test_the_callers_secrets_and_files_do_not_reach_the_parser(start, tmp_path, monkeypatch):
    monkeypatch.setenv("CHOHYO_SECRET", "hunter2")
    with (tmp_path / "open elsewhere").open("wb") as other:
        os.set_inheritable(other.fileno(), True)
        code = """
            import json, os, struct, sys
            told = {
                "kind": "ready", "blobs": [], "environment": sorted(os.environ),
                "descriptors": os.listdir("/proc/self/fd"), "folder": os.listdir("."),
                "umask": os.umask(0), "input": sys.stdin.read(),
            }
            head = json.dumps(told).encode()
            os.write(1, struct.pack(">I", len(head)) + head)
        """
        with start(code) as running:
            told = running.next_frame().header
        assert str(other.fileno()) not in told["descriptors"]
    assert set(told["environment"]) <= {"LC_ALL", "PYTHONPATH", "LC_CTYPE"}
    assert told["folder"] == []
    assert told["umask"] == 0o077
    assert told["input"] == "the file"


def test_time_the_caller_spends_between_two_pages_is_not_counted(start):
    frame = pack({"kind": "page"})
    with start(f"import os; os.write(1, {frame!r} * 2)", seconds=5) as running:
        running.next_frame()
        left = running._budget
        time.sleep(0.3)
        running.next_frame()
        assert left - running._budget < 0.2


def test_a_frame_comes_through_whole(start):
    blob = bytes(range(256)) * 3000
    code = f"""
        import json, os, struct, sys
        head = json.dumps({{"kind": "page", "blobs": [{len(blob)}, 1]}}).encode()
        sys.stdout.buffer.write(
            struct.pack(">I", len(head)) + head + bytes(range(256)) * 3000 + b"x"
        )
    """
    with start(code) as running:
        frame = running.next_frame()
    assert (frame.kind, frame.blobs) == ("page", (blob, b"x"))
    assert "blobs" not in json.loads(json.dumps(frame.header))
