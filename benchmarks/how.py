"""How each suite measured, in the words of docs/performance.md."""

APP = """\
### How the app was measured

Each row takes pairs of samples, ours and the reference's in turn, in the same run on the same machine. What
counts is the CPU time, user and system, that the servers spent for a unit of work, read from
`/proc/PID/stat` before and after over their whole process trees: PostgreSQL's processes and the front count
as ours, and as the reference's where it uses a database. Servers run on one CPU, clients and the harness on
another. A sample begins when the machine has been idle for a second, or after {patience} seconds of waiting
for that. The two sides' bytes are compared once per pair, and an answer that is refused voids the row. The
ratio of a pair is ours divided by the reference's; the median of the pairs is judged. Everything goes over
the loopback with files in the page cache: where disks or networks are the limit, ratios come nearer to 1.

Measure again with `make benchmark`, or single rows with `python -m benchmarks app ROW...`.
"""

OPERATOR = """\
### How the operator was measured

Each side is told the same story on an API server and etcd of its own, fresh for every sample: vaults made one
by one, a burst made over 24 connections, changes, noise and rest, deleted and edited children, and a kill -9
with a new start. Vaults have an embedded database and seven children. No controller runs: the harness plays
what a vault waits for, and says that the pods are ready and the claim is bound as soon as it sees them, so
that what is measured is the operator and the API server, not a kubelet. The operators run on one CPU; API
server, etcd, players and clients share another. The Go operator (`benchmarks/references/go_operator`) is
built on controller-runtime, reads from caches of the vaults' children only, applies the same manifests
server-side and in parallel, skips what stands, reconciles 16 vaults at once without a limit of requests, and
writes a status of the same size; it knows one kind of vault, validates nothing and posts no Events, of which
ours posts two for each new vault: eleven writes stand beside nine where the API server is what a burst waits
for. Requests are counted in the API server's audit log, Events and Leases left out.

Measure again with `make benchmark SUITE=operator`, or `python -m benchmarks operator ROW...`.
"""
