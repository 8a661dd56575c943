"""PostgreSQL for many threads: Django's backend with few connections that the threads share."""
