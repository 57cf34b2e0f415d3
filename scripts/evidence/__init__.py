"""The evidence on the miniature: plan, runs and page."""
