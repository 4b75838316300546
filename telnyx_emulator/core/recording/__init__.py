"""Recordings: what they are made of, who makes them, where they are kept."""
