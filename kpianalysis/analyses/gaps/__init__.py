"""Who and what missed, by how much, what is within reach, and who acts."""
