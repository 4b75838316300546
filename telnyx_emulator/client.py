"""The administration of a running emulator, as Python."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

DEFAULT_URL = "http://127.0.0.1:12111"


class EmulatorError(Exception):
    """What the emulator answered instead of doing it. `status` is 0 when nobody answered at all."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class EmulatorClient:
    """One world of an emulator, named by an API key; without one, the only world there is."""

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None) -> None:
        self.url = url.rstrip("/").removesuffix("/v2")
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        # Loopback: never through a proxy that the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def incoming_call(self, **call: Any) -> dict[str, Any]:
        """Somebody calls: `from_`, `to`, `connection_id`, `caller_name`, `headers`, `persona`, all optional."""
        given = {name.rstrip("_"): value for name, value in call.items() if value is not None}
        called: dict[str, Any] = self.post("calls", given)
        return called

    def act(self, call: str, verb: str, **parameters: Any) -> dict[str, Any]:
        """The far end of a call answers, rejects, presses, says, holds, unholds or hangs up."""
        given = {name: value for name, value in parameters.items() if value is not None}
        leg: dict[str, Any] = self.post(f"calls/{call}/{verb}", given)
        return leg

    def get(self, path: str) -> Any:
        """The `data` of `GET /_emulator/{path}`."""
        return self._request("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The `data` of `POST /_emulator/{path}`."""
        return self._request("POST", path, body or {})

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_emulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=self._headers | {"content-type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=70) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            with error:
                details = [one["detail"] for one in json.load(error)["errors"]]
            raise EmulatorError("; ".join(details), error.code) from None
        except urllib.error.URLError as error:
            raise EmulatorError(
                f"no emulator answers at {self.url} ({error.reason}); start `telnyx-emulator serve`"
            ) from None
