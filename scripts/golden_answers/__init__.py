"""Makers of labelled answers; one module per family of objects."""
