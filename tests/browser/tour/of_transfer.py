"""Export, import and comparison."""

from tests.browser.tour.stops import Stops, page

TRANSFER: Stops = {
    "transfer.index": page("/transfer"),
    "transfer.export": page("/transfer/export"),
}
