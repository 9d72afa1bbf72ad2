"""``flask roles``: roles and the permissions that they grant, by command."""

from collections.abc import Collection
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.cli.roles import grants
from app.domain import roles as domain
from app.domain.confirmation import Confirmation, Deletion
from app.domain.phrases import listed
from app.domain.roles import (
    DIFFER,
    SEPARATOR,
    TEMPLATES,
    MatrixFilter,
    MatrixRole,
    NewRole,
    RoleEdit,
)
from app.extensions import db
from app.unit_of_work import carry_out, read, try_out

TITLES = ("ROLE", "PERMISSIONS", "MEMBERS", "DESCRIPTION")
ALL = "all"

name_argument = click.argument("name", type=TEXT)


@click.group(cls=CommandGroup)
def roles() -> None:
    """Manage roles: list, create, edit, delete, grant and revoke permissions.

    Files hold roles too: see "flask export" and "flask import".
    """


roles.add_command(grants.grant)
roles.add_command(grants.revoke)


@roles.command("list")
@click.option("--role", type=TEXT, default="", help="Only with this in the name; or of several.")
@click.option("--roles", "names", type=TEXT, default="", help="Only the roles with these names.")
@click.option("--search", type=TEXT, default="", help="Only with this in code or description.")
@click.option("--resource", type=TEXT, default="", help="Only of this resource.")
@click.option("--differ", is_flag=True, help="Only what some of these roles grant, others not.")
@json_option
def list_(
    role: str, names: str, search: str, resource: str, *, differ: bool, as_json: bool
) -> None:
    """List the roles with the numbers of their permissions and members.

    --role and --roles choose the roles, by texts with commas between them; --search, --resource and
    --differ choose permissions, and each role is listed with those of them that it grants.
    """
    filters = MatrixFilter(
        q=search.strip(),
        resource=resource,
        differ=DIFFER if differ else "",
        role=role.strip(),
        roles=_ids(names),
    )
    found = domain.matching(domain.read_matrix(db.session), filters)
    members = domain.member_counts(db.session, [row.id for row in found.roles])
    shown = frozenset(found.codes.values())
    objects = [_as_object(row, shown) | {"members": members.get(row.id, 0)} for row in found.roles]
    if as_json:
        output.write_json(objects)
        return
    is_part = bool(filters.q or filters.resource or filters.differ)
    output.write_table(TITLES, (_as_cells(row, is_part=is_part) for row in objects))


@roles.command()
@name_argument
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Print the permissions of a role, one a line."""
    role = _named(name)
    if as_json:
        output.write_json([_as_object(role)])
        return
    for code in [ALL] if role.grants_all else sorted(role.codes):
        output.write(code)


@roles.command()
@click.argument("first", type=TEXT)
@click.argument("second", type=TEXT)
@json_option
def compare(first: str, second: str, *, as_json: bool) -> None:
    """List the permissions that two roles grant, both or only one of them.

    The exit code is 1 if they grant different permissions.
    """
    matrix = domain.read_matrix(db.session)
    names = [domain.named(db.session, name) for name in (first, second)]
    found = matrix.compare(*(matrix.role(role.id) for role in names))
    titles = ("both", *(f"only {role.name}" for role in names))
    if as_json:
        codes = {part: [row.code for row in rows] for part, rows in found._asdict().items()}
        output.write_json([{"first": names[0].name, "second": names[1].name} | codes])
    else:
        parts = zip(titles, found, strict=True)
        rows = ((row.code, title) for title, rows in parts for row in rows)
        output.write_table(("PERMISSION", "GRANTED BY"), rows)
    if found.only_first or found.only_second:
        raise Failure(f"{listed([role.name for role in names])} grant different permissions.")


@roles.command()
@name_argument
@click.option("--description", type=TEXT, default="", help="What the role is for.")
@click.option("--template", type=click.Choice(sorted(TEMPLATES)), help="Start from a template.")
@click.option("--like", type=TEXT, help="Start with the permissions of this role.")
@reason_option
def create(
    name: str, description: str, template: str | None, like: str | None, reason: str
) -> None:
    """Create a role: without permissions, from a template, or like another role."""
    clone_of = read(lambda: domain.named(db.session, like).id) if like else None
    new = NewRole(name, description, template, clone_of, reason)
    actor = current_actor()
    role = carry_out(lambda: domain.create(db.session, new, actor=actor), actor=actor)
    output.say(f"Created the role {role.name}.")


@roles.command()
@name_argument
@click.option("--name", "new_name", type=TEXT, help="The new name.")
@click.option("--description", type=TEXT, help="The new description.")
@reason_option
def edit(name: str, new_name: str | None, description: str | None, reason: str) -> None:
    """Rename or describe a role."""
    role = read(lambda: domain.named(db.session, name))
    before = role.description or ""
    texts = (role.name if new_name is None else new_name, description)
    typed = RoleEdit(
        texts[0], before if texts[1] is None else texts[1], domain.etag_of(role), reason
    )
    role_id, actor = role.id, current_actor()
    changed = carry_out(lambda: domain.change(db.session, role_id, typed, actor=actor), actor=actor)
    output.say(f"Saved the role {changed.name}.")


@roles.command()
@name_argument
@reason_option
def delete(name: str, reason: str) -> None:
    """Delete a role, and remove it from its members."""
    role = read(lambda: _named(name))
    typed = Deletion(role.name, domain.deletion_etag(role), reason)
    actor = current_actor()
    carry_out(lambda: domain.delete(db.session, role.id, typed, actor=actor), actor=actor)
    output.say(f"Deleted the role {role.name}.")


@roles.command()
@click.argument("event", type=int)
@dry_run_option
@reason_option
def undo(event: int, reason: str, *, dry_run: bool) -> None:
    """Undo the save of permissions, or the deletion of a role, that EVENT, an ID, is part of."""
    actor = current_actor()
    if read(lambda: domain.is_deletion(db.session, event)):
        _restore(event, reason, dry_run=dry_run)
        return
    found = try_out(lambda: domain.review_undo(db.session, event, actor=actor), actor=actor)
    if dry_run:
        if found.impact:
            grants.tell_impact(found.impact)
        output.say_left_out(found.left_out)
        return
    typed = Confirmation(reason, found.impact.content.text if found.impact else None)
    changed = carry_out(lambda: domain.undo(db.session, event, typed, actor=actor), actor=actor)
    output.say(f"Undid the changes to {listed([row.name for row in changed])}.")
    output.say_left_out(found.left_out)


def _restore(event: int, reason: str, *, dry_run: bool) -> None:
    actor = current_actor()
    found = try_out(lambda: domain.review_restore(db.session, event, actor=actor), actor=actor)
    if dry_run:
        if found.refusal:
            raise found.refusal
        output.write(output.printable(f"Would restore the role {found.name}."))
        output.say_left_out(found.left_out)
        return
    typed = Confirmation(reason, found.content.text)
    role = carry_out(lambda: domain.restore(db.session, event, typed, actor=actor), actor=actor)
    output.say(f"Restored the role {role.name}.")
    output.say_left_out(found.left_out)


def _named(name: str) -> MatrixRole:
    return domain.read_matrix(db.session).role(domain.named(db.session, name).id)


def _ids(names: str) -> str:
    """Return the IDs of roles as the filter takes them.

    Raises:
        InvalidValue: One of the roles does not exist.
    """
    named = [name for name in names.split(SEPARATOR) if name.strip()]
    return SEPARATOR.join(map(str, sorted(domain.ids_named(db.session, named))))


def _as_object(role: MatrixRole, shown: Collection[str] | None = None) -> dict[str, Any]:
    codes = role.codes if shown is None else role.codes.intersection(shown)
    return {
        "name": role.name,
        "description": role.description,
        "is_system": role.is_system,
        "permissions": ALL if role.grants_all else sorted(codes),
    }


def _as_cells(role: dict[str, Any], *, is_part: bool) -> tuple[str, ...]:
    codes = role["permissions"]
    if codes != ALL:
        codes = ", ".join(codes) if is_part else str(len(codes))
    return (role["name"], codes, str(role["members"]), role["description"] or "")
