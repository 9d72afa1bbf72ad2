"""What pages and API share of HTTP: the request, and the status of a refusal."""
