"""The places in a call where only one thing goes on at a time."""

from telnyx_emulator.core.errors import AssistantInProgress, StreamingUsed, TranscriptionInProgress
from telnyx_emulator.core.time.tasks import Lane

RING = Lane("ring")
AUDIO = Lane("audio", busy="queue")
OVERLAY = Lane("overlay", busy="queue")
GATHER = Lane("gather", busy="replace")
DTMF = Lane("dtmf", busy="queue")
FAR_END = Lane("far_end", busy="queue")
DETECTION = Lane("detection")
REFER = Lane("refer")
SIPREC = Lane("siprec", outlasts_prompts=True)
RECORDING = Lane("recording", outlasts_prompts=True)
STREAM = Lane("stream", busy=StreamingUsed, outlasts_prompts=True)
FORK = Lane("fork", busy="replace", outlasts_prompts=True)
TRANSCRIPTION = Lane("transcription", busy=TranscriptionInProgress, outlasts_prompts=True)
INTERIM = Lane("interim")
ASSISTANT = Lane("ai", busy=AssistantInProgress, outlasts_prompts=True)
DEEPFAKE = Lane("deepfake")
ROOM_AUDIO = Lane("room_audio", busy="queue")
HOLD_AUDIO = Lane("hold_audio", busy="replace")
