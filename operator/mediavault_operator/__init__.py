"""The operator that keeps a complete media vault alive for every MediaVault resource."""
