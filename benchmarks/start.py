"""How long it takes until the first answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from .row import Row

BASELINE = "import aiohttp.web, pydantic"
Environment = dict[str, str]


async def start_to_first_answer(quick: bool) -> Row:
    """From the start of the process until `GET /_emulator/ready` is answered; against importing its two pillars.

    Both have their bytecode at hand, as after an installation, wherever this runs.
    """
    with TemporaryDirectory() as bytecode:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        runs = [(_first_answer(environment), _import(environment)) for _ in range(6 if quick else 16)]
    mine, theirs = zip(*runs[1:], strict=True)
    return Row("start to first answer", median(mine), "ms", "≤", 2.0, median(theirs))


def _first_answer(environment: Environment) -> float:
    began = perf_counter()
    command = [sys.executable, "-m", "telnyx_emulator", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        try:
            assert process.stdout is not None
            connection = HTTPConnection("127.0.0.1", json.loads(process.stdout.readline())["port"])
            connection.request("GET", "/_emulator/ready")
            assert connection.getresponse().status == 200
            return (perf_counter() - began) * 1000
        finally:
            process.terminate()


def _import(environment: Environment) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", BASELINE], check=True, env=environment)
    return (perf_counter() - began) * 1000
