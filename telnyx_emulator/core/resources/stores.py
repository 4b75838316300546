"""What is configured in a world, and the files and audio that it knows."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.audio.silent_media import SilentMediaPort
from telnyx_emulator.core.context import Context
from telnyx_emulator.core.errors import ConnectionDisabled, ProfileDisabled
from telnyx_emulator.core.far_end.addresses import AddressBook
from telnyx_emulator.core.ports import EventSink, MediaPort
from telnyx_emulator.core.recording.recording import Recording, RecordingTranscription
from telnyx_emulator.core.time.clock import Clock

from .media_file import MediaFile
from .records import Application, OutboundVoiceProfile, PhoneNumber, ResourceRecord, SiprecConnector
from .storage import Storage


class Stores(Context):
    """The configured resources and stored files of one world, each by its key on the wire."""

    def __init__(self, clock: Clock, seed: int = 0, sink: EventSink | None = None) -> None:
        super().__init__(clock, seed, sink)
        self.applications: dict[str, Application] = {}
        self.profiles: dict[str, OutboundVoiceProfile] = {}
        self.numbers: dict[str, PhoneNumber] = {}
        """By the number itself."""
        self.siprec_connectors: dict[str, SiprecConnector] = {}
        self.addresses = AddressBook()
        """The far end at each address, and the recording server behind each connector."""
        self.media_port: MediaPort = SilentMediaPort(clock)
        """What opens the sockets of media streams."""
        self.media: dict[str, MediaFile] = {}
        self.recordings: dict[str, Recording] = {}
        """Also those that are still under way."""
        self.files: dict[str, Recording] = {}
        """The saved recordings, by their path at their place of storage."""
        self.recording_transcriptions: dict[str, RecordingTranscription] = {}
        self.storage: dict[str, Storage] = {}
        """Where the recordings of a connection go, if not to the vendor."""
        self.origin = "http://127.0.0.1:12111"
        """How the application reaches this server: links to recordings begin so."""
        self.access_key, self.secret = "ASIA", f"{seed}".encode()
        """What names this world in such a link, and what signs it."""
        self.records: dict[str, dict[str, ResourceRecord]] = {}
        """What else was configured, by kind: nothing acts on it."""
        self.strict = False
        """Whether connections and connectors have to exist before they are used."""
        self.done: dict[tuple[str, str], tuple[float, float, dict[str, Any]]] = {}
        """As `Call.done`, for commands that make calls."""
        self.audio: dict[str, float | str] = {}
        """Audio that was fetched, by URL: its length in seconds, or why it cannot be had."""
        self.waves: dict[str, bytes] = {}
        """Some of it, for recordings to have it in them."""

    def application(self, connection_id: str | None = None) -> Application:
        """The application of that id, made on first use; without an id the one there is."""
        if connection_id is None:
            connection_id = next(iter(self.applications), None) or self.ids.connection_id()
        known = self.applications.get(connection_id)
        if known is None:
            now = self.now()
            known = self.applications[connection_id] = Application(
                id=connection_id, application_name=f"app-{connection_id}", created_at=now, updated_at=now
            )
        return known

    def check_outbound(self, connection_id: str) -> None:
        """Raise what the platform says when calls may not go out by this connection."""
        application = self.applications.get(connection_id)
        if application is None:
            return
        if not application.active:
            raise ConnectionDisabled(self.ids.call_control_id())
        profile = self.profiles.get(application.profile_id or "")
        if profile is not None and not profile.enabled:
            raise ProfileDisabled(self.ids.call_control_id())

    def siprec_connector(self, name: str) -> SiprecConnector:
        """The connector of that name, made on first use."""
        known = self.siprec_connectors.get(name)
        if known is None:
            now = self.now()
            known = self.siprec_connectors[name] = SiprecConnector(name=name, created_at=now, updated_at=now)
        return known

    def media_file(self, name: str) -> MediaFile | None:
        """Uploaded audio by its name, unless its time is over."""
        known = self.media.get(name)
        if known is not None and known.expires_at <= self.clock.now():
            del self.media[name]
            return None
        return known
