"""What is configured in a world, and the files that it keeps."""
