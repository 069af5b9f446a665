"""What the bot remembers: the tables, the questions asked of them, and the bytes of the pictures."""
