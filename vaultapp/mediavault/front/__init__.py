"""The front: nginx before the app in the same pod. Nothing here imports Django, so it starts at once."""
