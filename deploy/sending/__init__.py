"""Sends what callers asked for, and tells services of their tickets: outbox, SMS, e-mail."""
