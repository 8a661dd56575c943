"""Container images for the demo and the cluster tests: the operator, the app, and a stand-in for PostgreSQL.

A Docker engine builds them where one answers. Elsewhere buildah does, on a small base made by debootstrap.
"""
