"""Parts, stock places and movements (SO-22)."""
