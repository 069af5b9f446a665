"""Tell one story on each platform's peer: the same people, the same deeds, in the platform's own ways."""
