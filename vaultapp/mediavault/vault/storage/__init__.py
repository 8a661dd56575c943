"""Where bytes live: temporary objects that become blobs and thumbnails under keys."""
