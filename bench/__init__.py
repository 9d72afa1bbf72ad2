"""The benchmark: the console beside other consoles and beside a baseline, on the same data."""
