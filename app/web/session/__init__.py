"""The session of a browser: its cookie, its owner, the current user, and signing in."""
