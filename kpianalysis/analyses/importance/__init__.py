"""What each weight really does, and which weights would do what is wanted."""
