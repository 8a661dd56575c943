"""Who may come in: users, tokens, sessions."""
