"""Loopback peers: the other side of each platform, spoken to over real sockets by the unmodified client libraries."""
