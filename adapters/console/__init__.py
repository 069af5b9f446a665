"""The local web console: a room in the browser."""
