"""Measures the app beside references, in the same run: `python -m benchmarks app`."""
