"""Every change of the vault: one function per file, keyword-only, atomic."""
