"""The dashboard as a page that stands on its own: one file, from the definition and the views."""
