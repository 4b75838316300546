"""The simulated telephone network: pure, synchronous, without I/O. It imports nothing else of the package."""
