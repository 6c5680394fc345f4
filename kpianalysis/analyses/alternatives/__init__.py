"""What other weights from the data, other means and other choices would give."""
