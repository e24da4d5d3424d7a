"""Rules of quality, one text for three uses: enforced by ingest, shown by the profile, sent to AWS.

``rules`` reads the file, ``expressions`` turns DataBrew's expressions into Athena's SQL, ``judge``
holds them against the lake, ``alone`` checks what the service's rules cannot say.
"""
