"""Questions that are saved, shared and asked again; each one is answered by the rights of who runs it."""
