"""What may be shown of small numbers."""
