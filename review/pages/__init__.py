"""The pages and the API, one file for each part of the work."""
