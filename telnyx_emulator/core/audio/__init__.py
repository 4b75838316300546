"""Sounds, streams and speech, and who hears what."""
