"""Text to tree: tokens, nodes, the grammar, and a node as Trino's messages show it."""
