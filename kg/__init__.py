"""A knowledge-graph extractor for the machine-learning literature."""
