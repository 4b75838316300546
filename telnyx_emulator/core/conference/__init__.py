"""What acts on conferences, and what is refused there."""
