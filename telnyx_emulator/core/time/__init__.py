"""Virtual time: the clock, waits, durations, tasks and their lanes."""
