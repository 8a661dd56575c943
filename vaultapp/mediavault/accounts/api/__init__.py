"""The routes by which a user comes in and goes."""
