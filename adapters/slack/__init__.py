"""Slack: the same conversation, for people at work. On slack-bolt, by Socket Mode or signed HTTP."""
