"""What stakeholders say the weights should be, and what follows from it."""
