"""Counts what the server does and shows it to Prometheus; nothing here knows a caller."""
