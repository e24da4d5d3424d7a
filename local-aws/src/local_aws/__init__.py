"""AWS on a laptop: ministack, with this project's own services in front of it."""
