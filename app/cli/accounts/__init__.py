"""Commands about one user: profile, sessions, offboarding, deletion."""
