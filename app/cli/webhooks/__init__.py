"""Webhooks by command: managed, and delivered."""
