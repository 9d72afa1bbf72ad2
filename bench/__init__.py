"""The benchmark: the console beside other consoles and beside a floor, on the same data."""
