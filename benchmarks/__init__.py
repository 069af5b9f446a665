"""Ratios, measured side by side in one run, with their spread."""
