"""Commands about roles and permissions."""
