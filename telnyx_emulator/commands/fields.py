"""Parameters that recur, in groups named after what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.errors import UnknownAssociation
from telnyx_emulator.core.far_end import scripted
from telnyx_emulator.core.far_end.behaviour import ScriptedAct
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.routing import WebhookOverride
from telnyx_emulator.core.time.durations import Seconds

from .base import Outcome
from .types import (
    AudioUrl,
    CustomHeader,
    Known,
    Later,
    Loop,
    Method,
    NestedParameters,
    NonBlank,
    RetryPolicies,
    SipHeader,
    Speech,
    Url,
    UrlsByEvent,
)
from .validation import Coded, Refusal

LANGUAGES = frozenset(
    {
        "arb", "cmn-CN", "cy-GB", "da-DK", "de-DE", "en-AU", "en-GB", "en-GB-WLS", "en-IN", "en-US", "es-ES",
        "es-MX", "es-US", "fr-CA", "fr-FR", "hi-IN", "is-IS", "it-IT", "ja-JP", "ko-KR", "nb-NO", "nl-NL",
        "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU", "sv-SE", "tr-TR",
    }
)  # fmt: skip

STREAMING = Later("streaming")
AI = Later("AI")
MEDIA = Later("media")


def together(first: str, second: str) -> Refusal:
    """Two parameters that exclude one another."""
    return Refusal("10015", f"/{second}", f"{first} and {second} cannot be used together in one request.")


class WebhookFields(BaseModel):
    """Where the webhooks of the leg go from now on; see docs/webhooks.md."""

    webhook_url: Url | None = None
    """Where webhooks of the leg go, instead of the application's URL."""
    webhook_url_method: Method = "POST"
    """The HTTP method for `webhook_url`."""
    webhook_urls: UrlsByEvent | None = None
    """URLs for single types of webhooks: a map from the type to one URL or several."""
    webhook_urls_method: Method = "POST"
    """The HTTP method for `webhook_urls`."""
    webhook_retries_policies: RetryPolicies | None = None
    """Delays between the attempts to deliver, by type of webhook."""

    def override(self) -> WebhookOverride | None:
        if not (self.webhook_url or self.webhook_urls or self.webhook_retries_policies):
            return None
        policies = self.webhook_retries_policies or {}
        return WebhookOverride(
            self.webhook_url,
            self.webhook_url_method,
            {event: tuple(urls) for event, urls in (self.webhook_urls or {}).items()},
            self.webhook_urls_method,
            {event: tuple(policy.retries_ms) for event, policy in policies.items()},
        )


class HeaderFields(BaseModel):
    """SIP headers for the INVITE, REFER or BYE; what webhooks echo of them is up to the command."""

    custom_headers: list[CustomHeader] | None = None
    """Own SIP headers to send."""
    sip_headers: list[SipHeader] | None = None
    """Standard SIP headers to send."""

    def headers(self, name: Literal["custom_headers", "sip_headers"]) -> list[dict[str, str]] | None:
        given: list[Any] | None = getattr(self, name)
        return [{"name": header.name, "value": header.value} for header in given] if given else None


class SipAuthFields(BaseModel):
    """Credentials for SIP challenges; a simulation has no challenges, so they are only shown (masked)."""

    sip_auth_username: str | None = None
    """The user name for a SIP challenge."""
    sip_auth_password: str | None = None
    """The password for a SIP challenge; the state shows `***`."""


class HangsUp(Outcome):
    """The far end does not stay."""

    hangs_up_after: Seconds | None = None
    """How long after the command took effect the far end hangs up."""

    def act(self, call: Call) -> None:
        """Let the far end of that leg hang up when its time has come, instead of when it usually does."""
        if self.hangs_up_after is not None:
            scripted.take_up(call, ScriptedAct("answer", "hangup", call.world.draw(self.hangs_up_after)))


class SoundModifications(NestedParameters):
    """A voice made higher or lower; a simulation has no sound to change."""

    octaves: Annotated[float | None, Field(ge=-1, le=1)] = None
    """How many octaves higher or lower the voice sounds."""
    pitch: Annotated[float | None, Field(gt=0)] = None
    """The factor of the pitch; 1.0 changes nothing."""
    semitone: Annotated[float | None, Field(ge=-14, le=14)] = None
    """How many semitones higher or lower the voice sounds."""
    track: str = "outbound"
    """Which direction of the audio is changed."""


class SoundFields(BaseModel):
    """Codecs and sound effects: validated and shown; the simulation has no audio for them to act on."""

    preferred_codecs: str | None = None
    """The codecs to offer, the best first, separated by commas."""
    sound_modifications: Annotated[SoundModifications | None, MEDIA] = None
    """How the voice is changed."""


class VoiceFields(BaseModel):
    """Text that is spoken, and the voice that speaks. The voice changes nothing but the speed."""

    payload: Speech
    """The text to say, or SSML."""
    voice: NonBlank
    """The voice that speaks: `male`, `female`, or `Provider.Model.Voice`."""
    language: Annotated[str | None, Known(LANGUAGES)] = None
    """The language of the text, such as `en-US`."""
    payload_type: Annotated[Literal["text", "ssml"], Coded("90011")] = "text"
    """Whether the payload is plain text or SSML."""
    service_level: Annotated[Literal["basic", "premium"], Coded("90030")] = "premium"
    """`basic` speaks plain en-US only, with the voices `male` and `female`."""
    voice_settings: dict[str, Any] | None = None
    """Settings of the voice's provider; `voice_speed` or `speed` changes how long the speech lasts."""

    @property
    def ssml(self) -> bool:
        return self.payload_type == "ssml"

    @property
    def speed(self) -> float:
        """How fast, 1.0 is normal: `voice_speed` or `speed` of the voice settings."""
        settings = self.voice_settings or {}
        given = settings.get("voice_speed", settings.get("speed", 1.0))
        return float(given) if isinstance(given, int | float) and given > 0 else 1.0

    def voice_rules(self) -> Iterator[Refusal]:
        """`basic` speaks plain en-US with a male or female voice."""
        if self.service_level == "basic":
            if self.language not in (None, "en-US"):
                yield Refusal("90013", "/language")
            if self.payload_type == "ssml":
                yield Refusal("90011", "/payload_type")
            if self.voice not in ("male", "female"):
                yield Refusal("90012", "/voice")
        speed = (self.voice_settings or {}).get("voice_speed", 1.0)
        if not isinstance(speed, int | float) or not 0.1 <= speed <= 2.0:
            yield Refusal("10033", "/voice_settings/voice_speed", "The value is outside of allowed range 0.1 to 2.0")


class AudioFields(BaseModel):
    """Audio by URL or by the name under which it was uploaded."""

    audio_url: AudioUrl | None = None
    """The URL of the audio file. Its true length counts where the file can be fetched."""
    media_name: str | None = None
    """The name under which the audio was uploaded to `/media`."""

    def audio_rules(self) -> Iterator[Refusal]:
        if self.audio_url and self.media_name:
            yield together("audio_url", "media_name")

    def check_media(self, world: World) -> None:
        """Where only what exists counts, a name under which nothing was uploaded is refused."""
        names = ("media_name", "invalid_media_name")
        for field, name in ((field, getattr(self, field, None)) for field in names):
            if world.strict and name and world.media_file(name) is None:
                raise UnknownAssociation(pointer=f"/{field}")

    def source(self) -> dict[str, Any]:
        """What webhooks name: the URL or the name, whichever was given."""
        given = {"media_url": self.audio_url, "media_name": self.media_name}
        return {name: value for name, value in given.items() if value is not None}


class QueuedAudioFields(BaseModel):
    """How audio takes its place among what is played already."""

    loop: Loop = 1
    """How often it is played: 1 to 100 times, or `infinity`."""
    stop: Annotated[Literal["current", "all"] | None, Coded("90016")] = None
    """What is stopped first: the `current` audio, or `all` of it; unset: nothing."""
    target_legs: Literal["self", "opposite", "both"] = "self"
    """Which leg of a bridge hears it."""


class DigitFields(BaseModel):
    """Which keys a gather waits for, and how long. All times in milliseconds."""

    minimum_digits: Annotated[int, Field(ge=1, le=128), Coded("90022")] = 1
    """How many digits are needed for a valid result."""
    maximum_digits: Annotated[int, Field(ge=1, le=128), Coded("90023")] = 128
    """How many digits end the gather at once."""
    timeout_millis: Annotated[int, Field(ge=1), Coded("90025")] = 60_000
    """How long the gather may take; after a prompt: how long the first key may take. In milliseconds."""
    inter_digit_timeout_millis: Annotated[int, Field(ge=1, le=120_000), Coded("90026")] = 5_000
    """How long the next key may take after a key, in milliseconds."""
    terminating_digit: Annotated[str, Field(pattern=r"^[0-9*#]$"), Coded("90007")] = "#"
    """The key that ends the gather; it is not part of the result."""
    valid_digits: Annotated[str, Field(pattern=r"^[0-9*#]+$"), Coded("90008")] = "0123456789#*"
    """The keys that a valid result consists of."""

    def digit_rules(self) -> Iterator[Refusal]:
        if self.minimum_digits > self.maximum_digits:
            detail = "minimum_digits cannot be greater than maximum_digits."
            yield Refusal("90022", "/minimum_digits", detail)
