"""What the data is like: ``columns`` asks Athena, ``databrew`` has DataBrew do the same.

``recipe`` are the steps by which DataBrew types raw files. Nothing of the data comes to this
machine but what is counted, so that a month needs no more memory than a day.
"""
