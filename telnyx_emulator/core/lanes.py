"""The places in a call where only one thing goes on at a time."""

from .process import Lane

RING = Lane("ring")
AUDIO = Lane("audio", busy="queue")
OVERLAY = Lane("overlay", busy="queue")
GATHER = Lane("gather", busy="replace")
DTMF = Lane("dtmf", busy="queue")
FAR_END = Lane("far_end", busy="queue")
DETECTION = Lane("detection")
REFER = Lane("refer")
SIPREC = Lane("siprec", outlasts_prompts=True)
