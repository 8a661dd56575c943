"""What front and app say to each other in headers that no client's request or answer ever carries."""

from typing import Final

# The client's address, which the app cannot see through the front's socket.
PEER: Final = "X-Front-Peer"
# "permission": may this request have the bytes? The front asks, and sends them itself.
ASKS: Final = "X-Front-Asks"
PERMISSION: Final = "permission"
# Where below MEDIA_ROOT the permitted bytes stand, beginning with a slash.
STORED: Final = "X-Front-Stored"
# How many bytes they are, in so many digits, as nginx can compare numbers of equal length only.
SIZE: Final = "X-Front-Size"
SIZE_DIGITS: Final = 19

# The headers of the app's permission that become the front's own answer.
COPIED: Final = (
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Security-Policy",
    "Content-Type",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "ETag",
    "Last-Modified",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
