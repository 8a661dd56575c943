"""What every route shares: errors, pages, requests, sessions, health and the delivery of bytes."""
