"""The part of HTTP that pages and API share: the request, and the status of a refusal."""
