"""The command line as a platform: one event, its progress as a bar, its pictures as files."""
