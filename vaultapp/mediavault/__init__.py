"""The media vault: a Django project of accounts and a vault of folders and files."""

__version__ = "0.1.0"
