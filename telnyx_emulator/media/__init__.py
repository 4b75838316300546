"""What was heard, as bytes: rendered when they are asked for."""
