"""Sending to Kinesis: ``client`` signs and posts, ``sender`` keeps order, ``streams`` looks."""
