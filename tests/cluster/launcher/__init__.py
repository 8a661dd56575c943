"""Brings up real Kubernetes clusters on this machine, for the demo and for the tests.

The best cluster that can be had is taken: the one that KUBECONFIG names, else kind, else programs that stand
ready in KUBEBUILDER_ASSETS, else programs compiled from the Go modules pinned in tests/cluster/node. The
package needs nothing but Python's standard library, so that it runs before any virtual environment exists.
"""
