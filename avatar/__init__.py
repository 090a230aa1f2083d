"""What is behind the six modules at the root: a room per subject, imports only downwards (docs/ARCHITECTURE.md)."""
