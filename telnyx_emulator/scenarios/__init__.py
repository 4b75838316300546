"""Scenarios: who is at the other end, what goes wrong, what happens when, and what must be seen."""
