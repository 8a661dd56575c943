"""Vaults as their users meet them: applied by kubectl, spoken to over HTTP, with real pods behind."""
