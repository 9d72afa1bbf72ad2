"""A tour of the console: every page, and every state of one that looks different."""

from tests.browser.tour import of_oneself, of_roles, of_settings, of_transfer, of_users, of_webhooks
from tests.browser.tour.stops import Stops

FIRST_DAY = of_oneself.FIRST_DAY
# Whom each part is for: nobody; ada, who administers; omar, who has no role; reza, who may look at
# settings only; iris, who may look at users and roles; hana of the helpdesk.
TOUR: dict[tuple[str, str], Stops] = {
    ("ada", "one setting"): of_settings.ONE,
    ("ada", "several settings"): of_settings.SEVERAL,
    ("ada", "which settings"): of_settings.WHICH,
    ("ada", "rules for values"): of_settings.RULES,
    ("ada", "users"): of_users.LIST,
    ("ada", "one user"): of_users.ONE,
    ("ada", "accounts"): of_users.ACCOUNT,
    ("ada", "the matrix"): of_roles.MATRIX,
    ("ada", "one role"): of_roles.ONE,
    ("ada", "overview"): of_oneself.OVERVIEW,
    ("ada", "record"): of_oneself.RECORD,
    ("ada", "transfer"): of_transfer.TRANSFER,
    ("ada", "webhooks"): of_webhooks.WEBHOOKS,
    ("nobody", "gate"): of_oneself.GATE,
    ("omar", "nothing"): of_oneself.NOTHING,
    ("reza", "looking"): of_settings.LOOKING,
    ("iris", "looking"): of_users.LOOKING | of_roles.LOOKING,
    ("hana", "helpdesk"): of_users.HELPDESK,
}
