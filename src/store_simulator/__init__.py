"""A store that does not exist: as a file (`generate`) and as a stream (`simulate`, `send`)."""
