"""The conversation. It knows no platform and no GPU library."""
