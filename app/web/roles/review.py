"""The review of changed permissions of roles, before they are saved."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.roles import GrantsChangedMeanwhile, MatrixRole
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import conflicts
from app.web.events.conflicts import Author, Contested
from app.web.review import Review, ReviewUrls
from app.web.roles import listing
from app.web.roles.blueprint import blueprint
from app.web.roles.grants_form import GrantsForm
from app.web.roles.index import matrix_page
from app.web.roles.matrix_form import MatrixForm
from app.web.security import many_fields

# A role, a permission, and whether it was granted originally, is granted now, and is selected.
Versions = tuple[str, str, bool, bool, bool]


@blueprint.route("/review", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
@many_fields
def review() -> ResponseReturnValue:
    """Show the users who gain or lose permissions by the edited matrix, then save it at once."""
    form = MatrixForm()
    if not form.is_sent:
        return render_template("roles/_no_review.html"), form.status
    back = listing.url_of(form.filters, **form.cursors)
    return MatrixReview(form, ReviewUrls(url_for(".review"), back, back)).answer()


class GrantsReview(Review):
    """A review of the permissions of roles."""

    review = staticmethod(roles.review_grants)
    change = staticmethod(roles.change_grants)
    form: GrantsForm

    def __init__(self, form: GrantsForm, urls: ReviewUrls) -> None:
        super().__init__(form)
        self.urls = urls

    def saved_page(self) -> ResponseReturnValue:
        """Go back with the names of the changed roles."""
        names = [difference.name for difference in self.form.result]
        if names:
            flash(f"Saved the permissions of {listed(names)}.", "success")
        else:
            flash("No changes: all permissions are as stored.", "info")
        return redirect(self.urls.back, 303)

    def review_page(self) -> ResponseReturnValue:
        """Show the users who gain or lose permissions; go back if nothing would change."""
        if self.form.result.is_empty:
            flash("No changes to review.", "info")
            return redirect(self.urls.back, 303)
        page = render_template(
            "roles/review.html", form=self.form, review=self.form.result, urls=self.urls
        )
        return page, self.form.status

    def conflict_page(self, error: GrantsChangedMeanwhile) -> ResponseReturnValue:
        """Show the original, the stored and the selected grants, where they differ."""
        matrix = roles.read_matrix(db.session)
        stale = [role for role in matrix.roles if role.id in error.role_ids]
        codes = self.form.rows(matrix).codes
        rows = [row for role in stale for row in self._versions(role, codes)]
        authors = self._authors(stale, codes)
        self.form.rebase(stale)
        page = render_template(
            "roles/_conflict.html", form=self.form, rows=rows, urls=self.urls, authors=authors
        )
        return page, self.form.status

    def _authors(self, stale: list[MatrixRole], codes: Mapping[int, str]) -> list[Author]:
        contested = [self._contested(role, codes) for role in stale]
        return list(conflicts.authors_of(conflicts.GRANTS, contested).values())

    def _contested(self, role: MatrixRole, codes: Mapping[int, str]) -> Contested:
        granted = self.form.selection_of(role).granted
        base = {code for id_, code in codes.items() if id_ in granted}
        stored = {code for code in codes.values() if role.grants(code)}
        explains = conflicts.by_names("codes", stored - base, base - stored)
        return Contested(role.id, f"the permissions of {role.name}", explains)

    def _versions(self, role: MatrixRole, codes: Mapping[int, str]) -> list[Versions]:
        """Return the permissions of a role with different versions."""
        selection = self.form.selection_of(role)
        rows = [
            (
                role.name,
                code,
                id_ in selection.granted,
                role.grants(code),
                id_ in selection.selected,
            )
            for id_, code in codes.items()
        ]
        return [row for row in rows if len(set(row[2:])) > 1]


class MatrixReview(GrantsReview):
    """The review of the matrix."""

    form: MatrixForm

    def edit_page(self) -> ResponseReturnValue:
        """Return the matrix with its selections."""
        return matrix_page(self.form)
