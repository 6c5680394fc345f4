"""What the package costs: run with `make bench`. Nothing here is a test."""
