"""Names of browsers, "Chrome 156 on Linux", out of the user agents that they send.

A library that knows every device of two decades takes a hundred times the memory of this page.
"""

import re

# The first that is named in a user agent: each of these also claims to be those below it.
_BROWSERS = {
    "Edg": "Edge",
    "EdgA": "Edge",
    "EdgiOS": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Vivaldi": "Vivaldi",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "HeadlessChrome": "Chrome",
    "Chrome": "Chrome",
    "Version": "Safari",
    "curl": "curl",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Macintosh": "macOS",
    "Linux": "Linux",
}
_PRODUCT = re.compile(r"\b([A-Za-z]+)/(\d{1,4})")


def browser_name(user_agent: str | None) -> str:
    """Return the name of the browser and of its system; the user agent itself if it is unknown."""
    if not user_agent:
        return "Unknown browser"
    versions = dict(_PRODUCT.findall(user_agent))
    product = next((name for name in _BROWSERS if name in versions), None)
    if product is None:
        return user_agent
    system = next((name for word, name in _SYSTEMS.items() if word in user_agent), "")
    return f"{_BROWSERS[product]} {versions[product]}{f' on {system}' if system else ''}"
