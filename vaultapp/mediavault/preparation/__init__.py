"""What has to happen to a database before a release may serve: migrations, and the admin account."""
