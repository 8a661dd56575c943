"""Servers outside of Kubernetes, on which a vault has something of its own."""
