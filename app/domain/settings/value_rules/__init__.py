"""Rules for values: schemas, units, relations between settings, and the checks by them."""
