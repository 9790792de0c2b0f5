"""Calls measured at the caller's ear: `allomairie bench calls` (docs/benchmarks.md)."""
