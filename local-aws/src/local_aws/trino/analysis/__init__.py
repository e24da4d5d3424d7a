"""The walk over the tree: what names mean, which types things have, what Trino refuses."""
