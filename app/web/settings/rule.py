"""The page that edits the rule of a setting, with a review of the present value."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from app.domain import settings
from app.domain.permissions import PermissionCode
from app.domain.settings import ValueRule
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import RuleEdit, TypedRule
from app.extensions import db
from app.models import ApplicationSetting
from app.web.access import requires
from app.web.events import conflicts, sentences
from app.web.events.conflicts import Contested
from app.web.forms import PLAIN, REASON
from app.web.review import Review, ReviewedForm
from app.web.row_ids import possible_id
from app.web.settings import listing
from app.web.settings.blueprint import blueprint, visible

EFFECTS = [
    SelectChoice("refuse", "is refused"),
    SelectChoice("warn", "can be saved after a warning"),
]
NAMES = ("choices", "minimum", "maximum", "pattern", "schema", "unit", "severity")
BOXES = ("is_size", "requires_reason")


class RuleForm(ReviewedForm):
    """A rule; ``base`` keeps the one that was shown in words, for a conflict."""

    choices = TextAreaField("Choices", description="One on each line.", render_kw=PLAIN)
    minimum = StringField("Minimum", render_kw=PLAIN)
    maximum = StringField("Maximum", render_kw=PLAIN)
    pattern = StringField(
        "Pattern", description="An RE2 expression, such as ^https://", render_kw=PLAIN
    )
    is_size = BooleanField("A size, such as 100MB")
    schema = TextAreaField(
        "JSON Schema",
        description="Draft 2020-12, for what the fields above do not say. Not used: $ref,"
        " $dynamicRef, patternProperties.",
        render_kw=PLAIN,
    )
    unit = StringField("Unit", description="Stands behind the field: seconds, MB.")
    severity = SelectField("A value that breaks the rule", choices=EFFECTS)
    requires_reason = BooleanField("Every change needs a reason")
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    base = HiddenField()
    again = StringField()
    confirmed = StringField()

    @property
    def typed(self) -> TypedRule:
        """The rule as typed."""
        fields: dict[str, Any] = {name: self._fields[name].data or "" for name in NAMES}
        fields |= {name: bool(self._fields[name].data) for name in BOXES}
        return TypedRule(**fields)

    @property
    def edit(self) -> RuleEdit:
        """The rule as typed, as the domain takes it."""
        etag, reason = self.etag.data or "", self.reason.data or ""
        return RuleEdit(self.typed, etag, reason, self.reviewed.data)

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The rule as hidden fields."""
        texts = [(name, self._fields[name].data or "") for name in (*NAMES, "etag", "base")]
        return texts + [(name, "y") for name in BOXES if self._fields[name].data]

    def start_from(self, rule: ValueRule) -> None:
        """Check the next save against this rule; the fields stay as typed."""
        self.etag.data, self.base.data = editing.rule_etag(rule), editing.rule_in_words(rule)

    def fill_in(self, typed: TypedRule) -> None:
        """Fill in a rule."""
        for name, content in vars(typed).items():
            self._fields[name].data = content


class RuleReviewed(Review):
    """A rule on its way from its form to the database."""

    review = staticmethod(editing.review_rule)
    change = staticmethod(editing.change_rule)

    def __init__(self, form: RuleForm, setting: ApplicationSetting) -> None:
        super().__init__(form, setting.id)
        # Kept apart from the row, which a save expires.
        self.setting_id = setting.id

    def edit_page(self) -> ResponseReturnValue:
        """Return the form."""
        return _page(self.form, settings.get(db.session, self.setting_id))

    def review_page(self) -> ResponseReturnValue:
        """Show both rules and the present value if it breaks the new one."""
        setting = settings.get(db.session, self.setting_id)
        if self.form.result.is_empty:
            flash("No change: that is already the rule.", "info")
            return redirect(url_for(".rule", setting_id=setting.id), 303)
        return _rendered("_rule_review", self.form, setting, review=self.form.result)

    def conflict_page(self, error: Any) -> ResponseReturnValue:
        """Show the original, the stored and the typed rule."""
        del error
        setting = settings.get(db.session, self.setting_id)
        base, stored = self.form.base.data or "", editing.own_rule(db.session, setting.key)
        self.form.start_from(stored)
        contested = Contested(setting.id, f"the rule of {setting.key}", lambda _: True)
        return _rendered(
            "_rule_conflict",
            self.form,
            setting,
            versions=(
                *(base, editing.rule_in_words(stored)),
                editing.typed_in_words(self.form.typed, setting.data_type),
            ),
            author=conflicts.author_of(conflicts.RULE, contested),
        )

    def saved_page(self) -> ResponseReturnValue:
        """Go back to the page of the setting."""
        setting = settings.get(db.session, self.setting_id)
        flash(f"Saved the rule of {setting.key}." if self.form.result else "No change.", "success")
        return redirect(url_for(".show", setting_id=setting.id), 303)


@blueprint.route("/<id:setting_id>/rule", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def rule(setting_id: int) -> ResponseReturnValue:
    """Edit the rule of a setting, review what it does to the present value, and save it."""
    return RuleReviewed(RuleForm(), settings.get(db.session, setting_id)).answer()


def _page(form: RuleForm, setting: ApplicationSetting) -> ResponseReturnValue:
    stored, earlier = editing.own_rule(db.session, setting.key), ""
    if not form.is_sent:
        form.start_from(stored)
        event_id = possible_id(request.args.get("undo"))
        if event_id:
            event, earlier_rule = editing.earlier_rule(db.session, setting.id, event_id)
            earlier = f"the rule from before the change by {sentences.actor_of(visible(event))}"
            form.fill_in(editing.typed_of(earlier_rule, setting.data_type))
        else:
            form.fill_in(editing.typed_of(stored, setting.data_type))
    return _rendered(
        "rule",
        form,
        setting,
        stored=stored,
        words=editing.rule_in_words(stored),
        earlier=earlier,
        simple=editing.simple_fields(setting.data_type),
    )


def _rendered(
    name: str, form: RuleForm, setting: ApplicationSetting, **context: Any
) -> ResponseReturnValue:
    page = render_template(
        f"settings/{name}.html",
        form=form,
        setting=setting,
        category=listing.category_link(setting.category),
        is_secret=settings.is_secret_setting(setting),
        in_words=editing.rule_in_words,
        **context,
    )
    return page, form.status
