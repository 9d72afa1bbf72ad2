"""Users: the list, the page of each, and a new one."""

from flask import flash, g, redirect, render_template, request, url_for

from app.domain import access, audit, roles, users
from app.domain.access import AssignableRole
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.roles import RoleChoice
from app.domain.users import AssignmentChangedMeanwhile, UserFilter
from app.extensions import db
from app.models import User
from app.web import event_sentences, links
from app.web.access import missing, requires
from app.web.identity import current_actor
from app.web.saving import Page, reviewed_with, saved_with
from app.web.users import listing
from app.web.users.forms import NewUserForm, RolesForm
from app.web.users.listing import Listing
from app.web.users.section import blueprint


@blueprint.get("")
@requires(read=PermissionCode.USER_READ)
def index() -> str:
    """List the users, filtered, sorted and paged by what the address says."""
    wanted = UserFilter(
        q=request.args.get("q", "").strip(),
        role=request.args.get("role", ""),
        status=request.args.get("status", ""),
    )
    sort = request.args.get("sort") or listing.FIRST
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    found = users.list_page(db.session, wanted, sort, cursors)
    return render_template(
        "users/index.html",
        listing=Listing(wanted, sort, found.page, found.names),
        role_names=roles.all_names(db.session),
        orders=listing.ORDERS,
        statuses=listing.STATUSES,
        can_create=g.me.can(PermissionCode.USER_CREATE),
        actions=listing.actions(g.me),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_CREATE, change=PermissionCode.USER_CREATE)
def create() -> Page:
    """Create a user; ends with the one-time link to hand over."""
    form = NewUserForm()
    can_read = g.me.can(PermissionCode.USER_READ)
    if saved_with(form, lambda: users.create(db.session, form.new, actor=current_actor())):
        user, token = form.result
        link = links.reset(token)
        return render_template("users/created.html", user=user, link=link, can_read=can_read), 201
    offered = roles.choices(db.session) if g.me.can(PermissionCode.ROLE_ASSIGN) else []
    page = render_template("users/new.html", form=form, roles=offered, can_read=can_read)
    return page, form.status


@blueprint.get("/<id:user_id>")
@requires(read=PermissionCode.USER_READ)
def show(user_id: int) -> str:
    """Show a user, the roles they hold, and what they may do by which of them."""
    user = users.get(db.session, user_id)
    offered = roles.choices(db.session, user_id)
    permissions = access.permissions_of(db.session, user_id)
    asked = request.args.get("can", "").strip()
    in_reach = access.assignable_roles(db.session, current_actor(), asked)
    held = {choice.id for choice in offered if choice.is_held}
    is_beyond = any(role.is_beyond and role.id in held for role in in_reach)
    return render_template(
        "users/show.html",
        user=user,
        form=_form_for(offered),
        roles=offered,
        permissions=permissions,
        missing=missing(PermissionCode.ROLE_ASSIGN),
        lock=access.exceeds(user) if is_beyond else None,
        can_update=g.me.can(PermissionCode.USER_UPDATE),
        can_delete=g.me.can(PermissionCode.USER_DELETE),
        asked=asked,
        answer=access.explain(user, asked, permissions, in_reach) if asked else None,
        role_urls=_role_urls(in_reach),
        recent=_recent(user),
    )


@blueprint.route("/<id:user_id>/roles", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.ROLE_ASSIGN)
def assign(user_id: int) -> Page:
    """Change a user's roles: tick, review, save."""
    form = RolesForm()
    if form.is_sent and form.again.data:
        return _roles_page(form, user_id)
    if form.is_sent and not form.confirmed.data:
        return _review(form, user_id)
    set_roles = lambda: users.set_roles(  # noqa: E731 - one domain call
        db.session, user_id, form.edit, actor=current_actor()
    )
    if saved_with(form, set_roles):
        flash("Saved the roles." if form.result else "Nothing was changed.", "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    return _roles_page(form, user_id)


def _review(form: RolesForm, user_id: int) -> Page:
    review = lambda: users.review_roles(  # noqa: E731 - one domain call
        db.session, user_id, form.edit, actor=current_actor()
    )
    if not reviewed_with(form, review):
        return _roles_page(form, user_id)
    page = render_template(
        "users/review.html",
        form=form,
        user=users.get(db.session, user_id),
        review=form.result,
        gained=roles.describe_permissions(db.session, form.result.gained),
        lost=roles.describe_permissions(db.session, form.result.lost),
    )
    return page, form.status


def _roles_page(form: RolesForm, user_id: int) -> Page:
    user = users.get(db.session, user_id)
    offered = roles.choices(db.session, user_id)
    if isinstance(form.rule_error, AssignmentChangedMeanwhile):
        return _conflict(form, user, offered)
    if not form.is_sent:
        _start(form, offered)
    page = render_template(
        "users/roles.html",
        form=form,
        user=user,
        roles=offered,
        missing=missing(PermissionCode.ROLE_ASSIGN),
    )
    return page, form.status


def _conflict(form: RolesForm, user: User, offered: list[RoleChoice]) -> Page:
    names = {choice.id: choice.name for choice in offered}
    base = [names[number] for number in sorted(form.seen) if number in names]
    yours = [names[number] for number in form.roles.data or () if number in names]
    _start(form, offered)
    page = render_template(
        "users/conflict.html",
        form=form,
        user=user,
        base=sorted(base),
        theirs=[choice.name for choice in offered if choice.is_held],
        yours=sorted(yours),
    )
    return page, form.status


def _role_urls(every: list[AssignableRole]) -> dict[str, str]:
    if not g.me.can(PermissionCode.ROLE_READ):
        return {}
    return {role.name: url_for("roles.show", role_id=role.id) for role in every}


def _recent(user: User) -> list[event_sentences.EventLine] | None:
    if not g.me.can(PermissionCode.AUDIT_READ):
        return None
    return event_sentences.in_words(audit.history_of(db.session, users.target_of(user)))


def _form_for(offered: list[RoleChoice]) -> RolesForm:
    form = RolesForm()
    _start(form, offered)
    return form


def _start(form: RolesForm, offered: list[RoleChoice]) -> None:
    held = frozenset(choice.id for choice in offered if choice.is_held)
    form.start_from(held, users.roles_etag(held))
