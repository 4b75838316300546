"""Telephony credentials: what a WebRTC client logs in with, and the tokens made of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import PrivateAttr

from telnyx_emulator.commands.types import NonBlank
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import ResourceRecord
from telnyx_emulator.core.time.clock import Clock

from .. import Reply, RequestContext, Route
from ..filters import equal, instant
from .crud import Body, Resource

TOKEN_SECS = 86_400


class TelephonyCredential(ResourceRecord):
    """A SIP user name with its password, on a connection. Registering with it is not possible here."""

    record_type: str = "credential"
    id: str
    connection_id: str | None = None
    expires_at: str | None = None
    name: str | None = None
    sip_password: str
    sip_username: str
    tag: str | None = None

    _clock: Clock = PrivateAttr()

    @property
    def resource_id(self) -> str:
        """What it belongs to."""
        return f"connection:{self.connection_id}"

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and instant(self.expires_at) <= self._clock.now()

    @property
    def status(self) -> Literal["active", "expired"]:
        return "expired" if self.expired else "active"


class CredentialUpdate(Body):
    """`expires_at`: when it stops being valid, by the clock of this world."""

    connection_id: NonBlank | None = None
    """The connection of the credential."""
    expires_at: datetime | None = None
    """When the credential expires, in ISO 8601."""
    name: str | None = None
    """The name of the credential."""
    tag: str | None = None
    """A label of the credential."""


class CredentialBody(CredentialUpdate):
    """A new one needs a connection."""

    connection_id: NonBlank
    """The connection of the credential."""


def kept(world: World) -> dict[str, TelephonyCredential]:
    return world.records.setdefault("telephony_credentials", {})  # type: ignore[return-value]


def make(world: World, key: str) -> TelephonyCredential:
    """User name and password are made up, the same for the same seed."""
    now, random = world.now(), world.ids.random
    made = kept(world)[key] = TelephonyCredential(
        id=key,
        created_at=now,
        updated_at=now,
        sip_password=random.randbytes(16).hex(),
        sip_username=f"gencred{random.randbytes(20).hex()}",
    )
    made._clock = world.clock
    return made


def show(world: World, credential: TelephonyCredential) -> dict[str, Any]:
    """The wire form; its connection is in `resource_id`."""
    shown = credential.shown()
    del shown["connection_id"], shown["tag"]
    return shown | {
        "expired": credential.expired,
        "resource_id": credential.resource_id,
        "user_id": world.user_id,
    }


CREDENTIALS = Resource(
    path="/telephony_credentials",
    kept=kept,
    create=make,
    body=CredentialBody,
    update=CredentialUpdate,
    filters=equal("tag", "name", "resource_id", "sip_username", "status"),
    show=show,
)


async def create_token(request: RequestContext) -> Reply:
    """`POST /telephony_credentials/{id}/token`: the bare token, as text. It is signed with the SIP password."""
    credential = CREDENTIALS.find(request)
    world = request.tenant.world
    token = jwt(
        {
            "aud": "telnyx_telephony",
            "exp": _seconds(world.clock.now() + timedelta(seconds=TOKEN_SECS)),
            "iat": _seconds(world.clock.now()),
            "iss": "telnyx_telephony",
            "jti": world.ids.uuid4(),
            "nbf": _seconds(world.clock.now()) - 1,
            "sub": credential.id,
            "typ": "access",
        },
        credential.sip_password.encode(),
    )
    return Reply(token.encode(), 201, {"content-type": "text/plain; charset=utf-8"})


def jwt(claims: dict[str, Any], key: bytes) -> str:
    """A JSON Web Token, HS256."""
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signature = hmac.digest(key, ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, _base64(signature)])


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


ROUTES = [*CREDENTIALS.routes(), Route("POST", "/telephony_credentials/{id}/token", create_token)]
