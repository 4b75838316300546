"""What can be read and listed under the vendor's paths, a module for each kind of thing."""

from . import (
    call_control_applications,
    call_events,
    calls,
    conferences,
    connections,
    credential_connections,
    custom_storage_credentials,
    dialogflow_connections,
    media,
    noise_suppression_engines,
    outbound_voice_profiles,
    phone_numbers,
    queues,
    recording_transcriptions,
    recordings,
    siprec_connectors,
    telephony_credentials,
    webhook_deliveries,
)

MODULES = (
    call_control_applications, call_events, calls, conferences, connections, credential_connections,
    custom_storage_credentials, dialogflow_connections, media, noise_suppression_engines, outbound_voice_profiles,
    phone_numbers, queues, recording_transcriptions, recordings, siprec_connectors, telephony_credentials,
    webhook_deliveries,
)  # fmt: skip
ROUTES = [route for module in MODULES for route in module.ROUTES]
