"""The media vault: a Django project of accounts and a vault of folders and files."""
