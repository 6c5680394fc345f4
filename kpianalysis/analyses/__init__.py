"""One question a file: from a scorecard to one small answer table."""
