"""Names of browsers in the lists of sessions."""

import pytest

from app.web.session.user_agents import browser_name

MOZILLA = "Mozilla/5.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1"
NAMES = {
    f"{MOZILLA} (X11; Linux x86_64) {CHROME}": "Chrome 156 on Linux",
    f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Edg/156.0.0.0": "Edge 156 on Windows",
    f"{MOZILLA} (Linux; Android 10; K) {CHROME} SamsungBrowser/29.0": (
        "Samsung Internet 29 on Android"
    ),
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15": (
        "Safari 26 on macOS"
    ),
    f"{MOZILLA} (iPhone; CPU iPhone OS 26_1 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1": (
        "Safari 26 on iPhone"
    ),
    f"{MOZILLA} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox 145 on Linux",
    "curl/8.7.1": "curl 8",
    "A browser of one's own": "A browser of one's own",
    "": "Unknown browser",
}


@pytest.mark.parametrize(("user_agent", "name"), NAMES.items())
def test_a_browser_is_named_by_what_people_call_it(user_agent, name):
    assert browser_name(user_agent) == name
