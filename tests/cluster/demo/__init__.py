"""The demo: from nothing to a running vault, with every step visible."""
