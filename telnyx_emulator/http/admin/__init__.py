"""The administration, `/_emulator/*`: what only a simulation has. Answers are `{"data": …}`."""

from . import calls, clock, faults, journal, ladder, scenarios, signature, verifying, waiting, world

ROUTES = [
    *world.ROUTES,
    *clock.ROUTES,
    *calls.ROUTES,
    *journal.ROUTES,
    *faults.ROUTES,
    *scenarios.ROUTES,
    *ladder.ROUTES,
    *signature.ROUTES,
    *waiting.ROUTES,
    *verifying.ROUTES,
]
