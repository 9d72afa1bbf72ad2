"""Signing in, the overview, the search, and one's own account."""

from app.domain.overview import Topic
from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, page
from tests.support.people import PASSWORD
from tests.support.second_factors import code_of


def _wrong_password(guide: Guide) -> None:
    guide.go("/login")
    guide.fill(username="ada", password="not this one")
    guide.press("Sign in")


def _form_without_cookie(guide: Guide) -> None:
    guide.go("/login")
    guide.window.context.clear_cookies()
    guide.fill(username="ada", password="x")
    guide.press("Sign in")


def _password_refused(guide: Guide) -> None:
    guide.go("/account/password")
    guide.fill(current="not this one", password="short")
    guide.press("Change password")


def _choose_password(guide: Guide) -> None:
    guide.go(guide.link_to_choose_a_password("greta.muller"))


def _choose_password_refused(guide: Guide) -> None:
    _choose_password(guide)
    guide.fill(password="short")
    guide.press("Save password")


def _set_up(guide: Guide) -> None:
    guide.go(guide.link_to_set_up())


def _set_up_refused(guide: Guide) -> None:
    _set_up(guide)
    guide.fill(username="ada", email="nobody", password="short")
    guide.press("Create account")


def _zone_saved(guide: Guide) -> None:
    guide.go("/account/zone")
    guide.window.locator("[name=zone]").select_option("Asia/Kolkata")
    guide.press("Save time zone")


def _newest_change(guide: Guide) -> None:
    guide.go(f"/audit/{guide.newest_event('setting:changed')}")


def _take_up(guide: Guide) -> None:
    guide.put_aside(Topic.WITHOUT_ROLE)
    guide.go("/attention/users/take-up")


def _undo_role(guide: Guide) -> None:
    guide.go(f"/users/undo/{guide.newest_event('role:assigned')}")


def _second_factor_begun(guide: Guide) -> None:
    guide.go("/account/second-factor")
    guide.press("Set up")


def _second_factor_refused(guide: Guide) -> None:
    guide.fill(code="000000")
    guide.press("Turn on")


def _second_factor_confirmed(guide: Guide) -> None:
    key = guide.window.locator("#key").inner_text()
    guide.fill(code=code_of(key.replace(" ", "")))
    guide.press("Turn on")


def _asked_again(guide: Guide) -> None:
    guide.let_authentication_grow_old()
    guide.go("/account/recovery-codes")
    guide.press("Make new codes")


def _code_asked_for(guide: Guide) -> None:
    guide.give_second_factor("ada")
    guide.go("/login")
    guide.fill(username="ada", password=PASSWORD)
    guide.press("Sign in")


def _wrong_code(guide: Guide) -> None:
    guide.fill(own_code="000000")
    guide.press("Sign in")


def _token_refused(guide: Guide) -> None:
    guide.go("/account/tokens")
    guide.fill(name="pipeline")
    guide.press("Create the token")


def _token_created(guide: Guide) -> None:
    guide.window.get_by_label("All permissions of the owner").check()
    guide.press("Create the token")


# Before there is anybody.
FIRST_DAY: Stops = {
    "auth.login": page("/login"),
    "auth.setup": Stop(_set_up),
    "auth.setup: refused": Stop(_set_up_refused, "The account was not created"),
    "auth.setup: link gone": page("/setup/of-yesterday"),
}
GATE: Stops = {
    "auth.login: wrong password": Stop(_wrong_password, "Sign-in failed"),
    "auth.second_factor": Stop(_code_asked_for, "Enter your code"),
    "auth.second_factor: wrong code": Stop(_wrong_code, "Sign-in failed"),
    "auth.reset": Stop(_choose_password),
    "auth.reset: refused": Stop(_choose_password_refused, "Your password was not changed"),
    "auth.reset: link gone": page("/reset/of-yesterday"),
    "auth.login: form refused": Stop(_form_without_cookie, "This form has expired"),
    "api.docs": page("/api/v1/docs"),
}
OVERVIEW: Stops = {
    "home.overview": page("/"),
    "home.put_aside": page("/attention/sign-ins/put-aside", "For 30 days, for everybody."),
    "home.take_up": Stop(_take_up, "Show again"),
    "search.index": page("/search", "Search"),
    "search.index: found": page("/search?q=chunk", "chunk_size"),
    "search.index: nothing found": page("/search?q=quetzal"),
    "help.keys": page("/help/keys"),
    "account.show": page("/account"),
    "account.sessions": page("/account/sessions"),
    "account.password": page("/account/password"),
    "account.password: refused": Stop(_password_refused, "Your password was not changed"),
    "account.tokens: none": page("/account/tokens", "No tokens"),
    "account.tokens: refused": Stop(_token_refused, "Select at least one permission"),
    "account.tokens: new": Stop(_token_created, "will not be shown again"),
    "account.tokens": page("/account/tokens", "pipeline"),
    "account.second_factor": page("/account/second-factor", "Not set up"),
    "account.recovery_codes: none": page("/account/recovery-codes", "You have no second factor"),
    "account.second_factor: being set up": Stop(_second_factor_begun, "Add the console"),
    "account.second_factor: refused": Stop(_second_factor_refused, "was not changed"),
    "account.second_factor: codes": Stop(_second_factor_confirmed, "10 recovery codes"),
    "account.second_factor: in force": page("/account/second-factor", "Recovery codes left"),
    "account.recovery_codes": page("/account/recovery-codes", "What happens next"),
    "account.recovery_codes: asked again": Stop(_asked_again, "Confirm that it is you"),
    "account.remove_second_factor": page("/account/remove-second-factor", "What happens next"),
    "account.density": page("/account/density"),
    "account.keys": page("/account/keys"),
    "account.theme": page("/account/theme"),
    "account.zone": page("/account/zone"),
    "home.overview: zone saved": Stop(_zone_saved, "Times are shown in Asia/Kolkata."),
    "auth.logout": page("/logout"),
}
RECORD: Stops = {
    "audit.index": page("/audit", "Audit log"),
    "audit.index: filtered": page("/audit?outcome=denied&sign_ins=1", "outcome denied"),
    "audit.index: empty": page("/audit?actor=nobody-at-all", "No entry matches"),
    "audit.show": Stop(_newest_change, "Entry "),
    "users.undo": Stop(_undo_role, "Undo"),
    "audit.export": page("/audit/export", "All events but sign-ins"),
}
NOTHING: Stops = {
    "home.overview: nothing": page("/", "Nothing to see yet"),
    "account.show: nothing": page("/account", "You have no permissions yet"),
    "settings.index: forbidden": page("/settings", "You don't have access"),
}
