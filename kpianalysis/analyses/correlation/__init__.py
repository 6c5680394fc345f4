"""Which indicators move together, how sure that is, where it comes from, and what double counting does."""
