"""The administration, `/_emulator/*`: what only a simulation has. Answers are `{"data": …}`."""

from importlib import import_module

from .. import Endpoint, Reply, RequestContext, Route
from . import calls, clock, journal, world


def _later(module: str, function: str) -> Endpoint:
    """An endpoint that is imported when it is first asked: a server that only serves calls is there sooner."""

    async def endpoint(request: RequestContext) -> Reply:
        answer: Endpoint = getattr(import_module(f".{module}", __name__), function)
        return await answer(request)

    return endpoint


ROUTES = [
    *world.ROUTES,
    *clock.ROUTES,
    *calls.ROUTES,
    *journal.ROUTES,
    Route("POST", "/_emulator/faults", _later("faults", "arm")),
    Route("GET", "/_emulator/faults", _later("faults", "list_all")),
    Route("DELETE", "/_emulator/faults", _later("faults", "disarm_all")),
    Route("GET", "/_emulator/faults/{id}", _later("faults", "read")),
    Route("DELETE", "/_emulator/faults/{id}", _later("faults", "disarm")),
    Route("PUT", "/_emulator/scenarios", _later("scenarios", "begin")),
    Route("GET", "/_emulator/scenarios", _later("scenarios", "list_all")),
    Route("DELETE", "/_emulator/scenarios", _later("scenarios", "end_all")),
    Route("GET", "/_emulator/scenarios/{name}", _later("scenarios", "read")),
    Route("DELETE", "/_emulator/scenarios/{name}", _later("scenarios", "end")),
    Route("GET", "/_emulator/ladder", _later("ladder", "read")),
    Route("POST", "/_emulator/verify-signature", _later("signature", "verify")),
    Route("POST", "/_emulator/wait", _later("waiting", "wait")),
    Route("POST", "/_emulator/verify", _later("verifying", "verify")),
]
