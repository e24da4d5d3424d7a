"""A fast sender to Kinesis: `client` signs and posts, `sender` keeps order."""
