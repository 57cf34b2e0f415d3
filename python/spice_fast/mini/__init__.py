"""The miniature world: a generated corpus and a tiny model that learn by self-play on two CPU cores."""
