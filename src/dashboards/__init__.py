"""What a manager looks at: datasets over the lake, and one definition of the dashboard."""
