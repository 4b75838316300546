"""The administration, `/_emulator/*`: what only a simulation has. Answers are `{"data": …}`."""

from . import calls, clock, journal, world

ROUTES = [*world.ROUTES, *clock.ROUTES, *calls.ROUTES, *journal.ROUTES]
