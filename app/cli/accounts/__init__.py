"""Commands about one user: profile, sessions, second factor, throttle, offboarding, deletion."""
