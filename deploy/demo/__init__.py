"""Invented calls for demonstrations, pictures and tests of speed; nobody's data."""
