"""Rules: `parse` reads one into `nodes`, `judge` holds it against a relation, `report` tells it."""
