"""The settings: one at a time, several at once, and which there are."""

from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, Way, page, setting

STRANGE_JSON = '[\n  "https://ask.nordhafen.example",\n  NaN\n]'
SHEET = "/settings?category=document_processing&edit=all"
PAIR = {"chunk_size": "800", "chunk_overlap": "100"}
NEW = {"key": "answer_language", "value": "en", "description": "The language of the answers."}


def _in_its_row(key: str, value: str = "") -> Way:
    def go(guide: Guide) -> None:
        number = guide.setting(key).rpartition("/")[2]
        guide.go(f"/settings?category=document_processing&edit={number}")
        if value:
            guide.fill(value=value)
            guide.press("Save")

    return go


def _typed(key: str, value: str, reason: str = "") -> Way:
    def go(guide: Guide) -> None:
        guide.go(guide.setting(key))
        guide.fill(value=value, reason=reason)
        guide.press("Save")

    return go


def _earlier(guide: Guide) -> None:
    event_id = guide.newest_event("setting:changed")
    guide.go(f"{guide.setting('chunk_size')}?undo={event_id}")


def _conflict(guide: Guide) -> None:
    guide.go(guide.setting("llm_model"))
    guide.fill(value="gpt-4.1", reason="The old model is retired.")
    guide.change_meanwhile("llm_model", "gpt-4.1-mini")
    guide.press("Save")


def _fill_sheet(guide: Guide, values: dict[str, str]) -> None:
    guide.go(SHEET)
    numbers = {key: guide.setting(key).rpartition("/")[2] for key in values}
    guide.fill(**{f"{numbers[key]}-value": value for key, value in values.items()})
    guide.press("Review changes")


def _review(guide: Guide) -> None:
    _fill_sheet(guide, PAIR)


def _back_to_editing(guide: Guide) -> None:
    _review(guide)
    guide.press("Back to editing")


def _sheet_refused(guide: Guide) -> None:
    _fill_sheet(guide, PAIR | {"chunk_size": "many"})


def _review_conflict(guide: Guide) -> None:
    _review(guide)
    guide.change_meanwhile("chunk_size", "700")
    guide.press("Save 2 changes")


def _locked_meanwhile(guide: Guide) -> None:
    _fill_sheet(guide, {"batch_ingestion_size": "5", "max_file_size_mb": "50"})
    guide.lock_meanwhile("max_file_size_mb")
    guide.press("Save 2 changes")


def _saved(guide: Guide) -> None:
    _review(guide)
    guide.press("Save 2 changes")


def _undo(guide: Guide) -> None:
    guide.go(f"/settings/undo/{guide.newest_event('setting:changed')}")


def _undo_refused(guide: Guide) -> None:
    _undo(guide)
    guide.change_meanwhile("chunk_size", "700")
    guide.press("Undo 2 changes")


def _new_refused(guide: Guide) -> None:
    guide.go("/settings/new")
    guide.fill(key="chunk_size", value="1")
    guide.press("Create the setting")


def _new_saved(guide: Guide) -> None:
    guide.go("/settings/new")
    guide.fill(**NEW)
    guide.press("Create the setting")


def _deletion_refused(guide: Guide) -> None:
    guide.go(guide.setting(NEW["key"]) + "/delete")
    guide.fill(key="another")
    guide.press("Delete the setting")


def _deleted(guide: Guide) -> None:
    guide.go(guide.setting(NEW["key"]) + "/delete")
    guide.fill(key=NEW["key"], reason="It was a trial.")
    guide.press("Delete the setting")


def _restore(guide: Guide) -> None:
    guide.go(f"/settings/restore/{guide.newest_event('setting:deleted')}")


def _restore_refused(guide: Guide) -> None:
    _restore(guide)
    here = guide.window.url
    _new_saved(guide)
    guide.go(here)


def _rule(guide: Guide, **fields: str) -> None:
    guide.go(guide.setting("chunk_overlap") + "/rule")
    guide.fill(**fields)
    guide.press("Review the rule")


def _rule_reviewed(guide: Guide) -> None:
    _rule(guide, minimum="5000", unit="tokens")


def _rule_refused(guide: Guide) -> None:
    _rule(guide, minimum="many", schema="{")


def _relation(guide: Guide, expression: str) -> None:
    guide.go("/settings/relation")
    guide.fill(expression=expression)
    guide.press("Review the relation")


def _relation_reviewed(guide: Guide) -> None:
    _relation(guide, "chunk_size < chunk_overlap")


def _relation_refused(guide: Guide) -> None:
    _relation(guide, "chunk_size <")


ONE: Stops = {
    "settings.index": page("/settings"),
    "settings.index: filtered": page("/settings?category=email&type=boolean&q=smtp"),
    "settings.index: empty": page("/settings?q=quetzal", "No setting matches"),
    "settings.index: a row is open": Stop(_in_its_row("chunk_size"), "was 900"),
    "settings.index: a row is saved": Stop(_in_its_row("chunk_size", "950"), "now it is 950"),
    "settings.show": setting("chunk_overlap"),
    "settings.show: boolean": setting("cache_enabled"),
    "settings.show: json": setting("cors_allow_origins"),
    "settings.show: text": setting("rag_system_prompt"),
    "settings.show: read-only": setting("app_environment"),
    "settings.show: secret": setting("smtp_password"),
    "settings.secret": setting("cors_allow_origins", "/secret", "Mark as secret"),
    "settings.secret: a secret": setting("smtp_password", "/secret", "as not secret"),
    "settings.show: refused": Stop(_typed("ingestion_batch_size", "1_000"), "Nothing was saved"),
    "settings.show: json refused": Stop(
        _typed("cors_allow_origins", STRANGE_JSON), "Nothing was saved"
    ),
    "settings.show: saved": Stop(
        _typed("chunk_size", "800", "Longer passages confused the model."), "Saved chunk_size."
    ),
    "settings.show: an earlier value": Stop(_earlier, "Filled in: the value"),
    "settings.history": setting("chunk_size", "/history"),
    "settings.show: conflict": Stop(_conflict, "Your change has not been saved"),
    "settings.show: not found": page("/settings/2147483647", "This setting does not exist"),
}
SEVERAL: Stops = {
    "settings.index: all are open": page(SHEET, "Edit settings"),
    "settings.index: none can be opened": page(
        "/settings?state=locked&edit=all", "Nothing can be changed here"
    ),
    "settings.review": page("/settings/review", "Nothing to review"),
    "settings.review: two changes": Stop(_review, "Review 2 changes"),
    "settings.review: back to editing": Stop(_back_to_editing, "2 unsaved changes"),
    "settings.review: a value is refused": Stop(_sheet_refused, "needs a fix"),
    "settings.review: conflict": Stop(_review_conflict, "Original"),
    "settings.index: several are saved": Stop(_saved, "Saved 2 settings"),
    "settings.undo": Stop(_undo, "Undo 2 changes"),
    "settings.undo: refused": Stop(_undo_refused, "Nothing was restored"),
    "settings.review: locked meanwhile": Stop(_locked_meanwhile, "It is left out."),
}
WHICH: Stops = {
    "settings.new": page("/settings/new"),
    "settings.new: refused": Stop(_new_refused, "The setting was not created"),
    "settings.show: created": Stop(_new_saved, "Created answer_language."),
    "settings.delete": setting("answer_language", "/delete"),
    "settings.delete: refused": Stop(_deletion_refused, "Nothing was deleted"),
    "settings.delete: locked": setting("chunk_size", "/delete"),
    "settings.index: deleted": Stop(_deleted, "Deleted answer_language."),
    "settings.deleted": page("/settings/deleted", "answer_language"),
    "settings.past": page("/settings/past?at=2020-01-01T00:00", "chunk_size"),
    "settings.restore": Stop(_restore, "Restore answer_language"),
    "settings.restore: there again": Stop(_restore_refused, "so this one cannot be restored"),
}
RULES: Stops = {
    "settings.rules": page("/settings/rules"),
    "settings.rule": setting("chunk_overlap", "/rule"),
    "settings.rule: text": setting("llm_provider", "/rule"),
    "settings.rule: reviewed": Stop(_rule_reviewed, "Must be at least 5000"),
    "settings.rule: refused": Stop(_rule_refused, "Nothing was saved"),
    "settings.relation": page("/settings/relation", "Add a relation"),
    "settings.relation: reviewed": Stop(_relation_reviewed, "Present values that break it"),
    "settings.relation: refused": Stop(_relation_refused, "the end is missing"),
    "settings.remove_relation": page("/settings/remove-relation/1", "Remove the relation"),
}
LOOKING: Stops = {
    "settings.index: looking": page("/settings?category=llm", "You can look"),
    "settings.show: looking": setting("chunk_size", words="settings:update"),
}
