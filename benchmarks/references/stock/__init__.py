"""What Django's and REST framework's documentation would have one write, over the same tables."""
