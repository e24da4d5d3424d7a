"""The seam to ministack, and to the server below it: no other folder names what is theirs.

`names` lists every name of theirs that is called, read or replaced; `foreign` gives these names
and no others. The list is checked when the server starts.
"""
