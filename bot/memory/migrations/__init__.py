"""How the tables came to be, one version after another; run by Alembic whenever a database is opened.

A new version is written by hand as versions/NNNN_what.py, after the model of those before it. tests/test_memory.py
compares what they make with tables.py, on both databases, and prints what is missing.
"""
