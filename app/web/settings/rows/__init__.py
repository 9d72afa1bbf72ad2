"""The rows of forms that change several settings."""
