"""The vault's resources over HTTP: thin views over querysets and actions."""
