"""A pack as policy: its cases, and whether it answers them as they say."""
