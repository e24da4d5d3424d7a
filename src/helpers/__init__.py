"""What the notebooks share: small modules, one job each."""
