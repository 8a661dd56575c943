"""The rows of the app's table: each measures one kind of work and needs no other."""
