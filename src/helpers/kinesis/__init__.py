"""Sending to Kinesis fast: ``client`` signs requests, ``sender`` keeps order, ``streams`` looks."""
