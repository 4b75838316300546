"""What was heard, as bytes: made up when somebody wants them, and not before."""
