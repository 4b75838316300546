"""Run the command line as `python -m telnyx_emulator`."""

from telnyx_emulator.cli import main

main()
