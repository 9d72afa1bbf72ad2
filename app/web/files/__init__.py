"""Files that the console sends: static ones and exports."""
