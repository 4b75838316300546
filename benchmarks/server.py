"""Servers in processes of their own, and what they use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on 127.0.0.1."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """CPU time of all its threads so far, to the nanosecond."""
        # Linux makes the number of a process's CPU clock out of its id; Python has no name for it.
        return time.clock_gettime(~self.pid << 3 | 2)

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def emulator(*options: str) -> Iterator[Server]:
    """`telnyx-emulator serve` on a free port."""
    with _started("telnyx_emulator", "serve", "--port", "0", *options) as server:
        yield server


@contextmanager
def receiver() -> Iterator[Server]:
    """A receiver of webhooks; see `benchmarks.bare`."""
    with _started("benchmarks.bare") as server:
        yield server


@contextmanager
def _started(module: str, *arguments: str) -> Iterator[Server]:
    """It is ready when it prints a line of JSON with its port."""
    with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield Server(process.pid, json.loads(process.stdout.readline())["port"])
        finally:
            process.terminate()
