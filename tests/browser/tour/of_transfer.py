"""Export, import and comparison."""

from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, page

FILE = """format: rag-fortress-console/1
settings:
- {key: chunk_size, value: 777}
- {key: unheard_of, value: 1}
roles:
- {name: archivist, permissions: [document:read]}
"""


def _plan(guide: Guide) -> None:
    guide.go("/transfer/import")
    guide.fill(text=FILE)
    guide.press("Show the plan")


def _refused(guide: Guide) -> None:
    guide.go("/transfer/import")
    guide.fill(text="format: x")
    guide.press("Show the plan")


def _compared(guide: Guide) -> None:
    guide.go("/transfer/compare")
    guide.fill(text=FILE)
    guide.press("Compare")


def _preview(guide: Guide) -> None:
    guide.go("/transfer/users")
    guide.fill(
        csv_text="username,email,roles\nzoe,zoe@example.org,viewer\nbad name,x@example.org,\n"
    )
    guide.press("Show the preview")


def _created(guide: Guide) -> None:
    _preview(guide)
    guide.press("Create the users")


TRANSFER: Stops = {
    "transfer.index": page("/transfer"),
    "transfer.export": page("/transfer/export"),
    "transfer.import": page("/transfer/import"),
    "transfer.import: plan": Stop(_plan, "Review the import"),
    "transfer.import: refused": Stop(_refused, "Nothing was imported"),
    "transfer.compare": page("/transfer/compare"),
    "transfer.compare: compared": Stop(_compared, "Only in the file"),
    "transfer.env": page("/transfer/env"),
    "transfer.users": page("/transfer/users"),
    "transfer.users: preview": Stop(_preview, "Review the users"),
    "transfer.users: created": Stop(_created, "Users imported"),
}
