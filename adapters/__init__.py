"""The platforms. Each speaks one, and all read alike."""
