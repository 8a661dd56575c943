"""The operator beside a Go operator on controller-runtime, on a real API server."""
