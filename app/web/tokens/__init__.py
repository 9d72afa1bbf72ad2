"""Tokens of the API on pages: the form that creates and revokes them."""
