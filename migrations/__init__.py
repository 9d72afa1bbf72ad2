"""The revisions of the database, and what they share."""
