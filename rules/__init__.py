"""Data only: word lists, patterns and gazetteers, read by kg.rulebook."""
