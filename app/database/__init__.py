"""The database: connections and what keeps them from being made, revisions, locks, the index."""
