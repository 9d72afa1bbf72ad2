"""Commands that write, import and compare files."""
