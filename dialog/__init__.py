"""Decides: what the caller wants and what the town says about it."""
