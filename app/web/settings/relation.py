"""The page that adds or edits a relation between settings, with a review of present values."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, StringField

from app.domain.permissions import PermissionCode
from app.domain.settings import Relation
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import NEW, RelationEdit
from app.extensions import db
from app.web.access import requires
from app.web.events import conflicts, sentences
from app.web.events.conflicts import Contested
from app.web.forms import PLAIN, REASON
from app.web.review import Review, ReviewedForm
from app.web.row_ids import possible_id
from app.web.settings.blueprint import blueprint, visible
from app.web.settings.rule import EFFECTS

EXPRESSION = (
    "Keys, numbers, sizes such as 100MB, + - *, < <= > >= == !=, and, or, parentheses. "
    "Put spaces around a minus, and texts in double quotes."
)
NAMES = ("expression", "severity", "message")


class RelationForm(ReviewedForm):
    """A relation; ``base`` keeps the one that was shown in words, for a conflict."""

    expression = StringField("Relation", description=EXPRESSION, render_kw=PLAIN)
    severity = SelectField("A save that breaks it", choices=EFFECTS)
    message = StringField(
        "Message",
        description="Shown when a save breaks it. By default the console says what must hold.",
    )
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    base = HiddenField()
    again = StringField()
    confirmed = StringField()

    @property
    def edit(self) -> RelationEdit:
        """The relation as typed, as the domain takes it."""
        texts = {name: self._fields[name].data or "" for name in (*NAMES, "etag", "reason")}
        return RelationEdit(**texts, reviewed=self.reviewed.data)

    @property
    def typed(self) -> Relation:
        """The relation as typed, to be told in words."""
        expression, severity, message = (self._fields[name].data or "" for name in NAMES)
        return Relation(NEW, expression, message, severity == "warn")

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The relation as hidden fields."""
        return [(name, self._fields[name].data or "") for name in (*NAMES, "etag", "base")]

    def start_from(self, stored: Relation) -> None:
        """Check the next save against this relation; the fields stay as typed."""
        self.etag.data = editing.relation_etag(stored)
        self.base.data = editing.relation_in_words(stored)

    def fill_in(self, relation: Relation) -> None:
        """Fill in a relation."""
        self.expression.data, self.message.data = relation.expression, relation.message
        self.severity.data = "warn" if relation.is_warning else "refuse"


class RelationReviewed(Review):
    """A relation on its way from its form to the database."""

    review = staticmethod(editing.review_relation)
    change = staticmethod(editing.put_relation)

    def edit_page(self) -> ResponseReturnValue:
        """Return the form."""
        return _page(self.form, *self.ids)

    def review_page(self) -> ResponseReturnValue:
        """Show the relation, and the present values that break it."""
        if self.form.result.is_empty:
            flash("No change: that is already the relation.", "info")
            return redirect(url_for(".rules"), 303)
        return _rendered("_relation_review", self.form, *self.ids, review=self.form.result)

    def conflict_page(self, error: Any) -> ResponseReturnValue:
        """Show the original, the stored and the typed relation."""
        del error
        [relation_id] = self.ids
        stored, base = editing.get_relation(db.session, relation_id), self.form.base.data or ""
        self.form.start_from(stored)
        contested = Contested(relation_id, "the relation", lambda _: True)
        author = conflicts.author_of(conflicts.RELATION, contested)
        versions = [base, *map(editing.relation_in_words, (stored, self.form.typed))]
        return _rendered(
            "_relation_conflict", self.form, relation_id, versions=versions, author=author
        )

    def saved_page(self) -> ResponseReturnValue:
        """Go back to the list of rules."""
        flash("Saved the relation." if self.form.result else "No change.", "success")
        return redirect(url_for(".rules"), 303)


@blueprint.route("/relation", methods=["GET", "POST"], defaults={"relation_id": NEW})
@blueprint.route("/relation/<id:relation_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def relation(relation_id: int) -> ResponseReturnValue:
    """Add or edit a relation, review what it does to present values, and save it."""
    return RelationReviewed(RelationForm(), relation_id).answer()


def _page(form: RelationForm, relation_id: int) -> ResponseReturnValue:
    stored = editing.get_relation(db.session, relation_id) if relation_id else None
    earlier = ""
    if not form.is_sent:
        if stored:
            form.start_from(stored)
            form.fill_in(stored)
        if event_id := possible_id(request.args.get("undo")):
            event, relation = editing.earlier_relation(db.session, event_id)
            earlier = f"the relation from before the change by {sentences.actor_of(visible(event))}"
            form.fill_in(relation)
    return _rendered("relation", form, relation_id, stored=stored, earlier=earlier)


def _rendered(
    name: str, form: RelationForm, relation_id: int, **context: Any
) -> ResponseReturnValue:
    here = url_for(".relation", relation_id=relation_id) if relation_id else url_for(".relation")
    return render_template(f"settings/{name}.html", form=form, here=here, **context), form.status
