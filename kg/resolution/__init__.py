"""How names of different papers become one thing: what is folded, counted, joined, refused, and told of it."""
