"""What the API says."""
