"""Scenarios: the far ends, what goes wrong, what happens when, and what must be seen."""
