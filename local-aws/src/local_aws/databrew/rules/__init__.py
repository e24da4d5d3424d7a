"""Rules of quality: `parse` reads one, `judge` holds it against a relation, `report` tells it."""
