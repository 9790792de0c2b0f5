"""Shows: the supervisors web page."""
