"""How fast the emulator is, as ratios against bare loops within one run: `python -m benchmarks`."""
