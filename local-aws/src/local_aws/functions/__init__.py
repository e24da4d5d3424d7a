"""Lambda's functions: Python under AWS's own runtime client, in processes of their own.

Everything else of Lambda (what a function is, its versions, aliases, permissions) is ministack's.
"""
