"""Who is the same child, as people decide it: reviews, joining, parting, and undoing each of them exactly."""
