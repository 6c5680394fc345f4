"""What says the same, how many things are measured, what double counting does, and what could go."""
