"""What a caller leaves with the town hall: a message, a street report, an appointment request."""
