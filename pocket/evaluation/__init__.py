"""How good the pocket models are, measured: `main.py pocket evaluate`."""
