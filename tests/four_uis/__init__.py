"""A LoRA of the real trainer in the four programs that open it: slow, skipped where they are not there (docs/TESTING.md)."""
