"""Commands of ``flask settings`` for rules: of one setting, between settings, for categories."""
