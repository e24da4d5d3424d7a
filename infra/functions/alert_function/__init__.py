"""The alert function: what stream 2 says becomes one alert a burst, and one message an alert."""
