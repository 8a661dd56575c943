"""Plays the parts that a control plane alone lacks: kubelets and a provisioner, in one test's namespace."""
