"""Bytes in, bytes out: what media is, how it may be shown, and what it looks like small."""
