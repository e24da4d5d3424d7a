"""Raw files, read: what ingest types and what the simulator replays.

``files`` finds and opens them, ``blocks`` cuts them into whole lines, ``rows`` says what an event
is and types a block of good lines at full speed, ``suspects`` looks at any other block line by
line, ``reader`` runs these over a file.
"""
