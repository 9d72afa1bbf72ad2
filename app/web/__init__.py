"""The HTML console: who may enter, what is shown, and the sections."""
