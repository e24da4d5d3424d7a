"""What happens in the streams now, on a page that changes by itself."""
