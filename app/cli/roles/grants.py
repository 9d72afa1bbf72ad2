"""``flask roles grant`` and ``revoke``: the permissions that a role grants."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Failure
from app.domain import roles
from app.domain.phrases import counted, listed
from app.domain.roles import Affected, GrantEdit, GrantsEdit, GrantsImpact
from app.extensions import db
from app.unit_of_work import carry_out, read, try_out

Change = Callable[[frozenset[str], frozenset[str]], frozenset[str]]

name_argument = click.argument("name", type=TEXT)
codes_argument = click.argument("codes", type=TEXT, nargs=-1, required=True, metavar="CODE...")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only print who would be affected.")


@click.command(cls=TableCommand)
@name_argument
@codes_argument
@dry_run_option
@json_option
@reason_option
def grant(name: str, codes: tuple[str, ...], reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Grant permissions to a role. With --dry-run, --json prints the users who would gain."""
    edit = read(lambda: _edit(name, codes, reason, frozenset.union))
    if dry_run:
        _write_impact(edit, as_json=as_json)
    else:
        _save(name, edit, f"now grants {listed(codes)}", "grants that already")


@click.command(cls=TableCommand)
@name_argument
@codes_argument
@dry_run_option
@json_option
@reason_option
def revoke(name: str, codes: tuple[str, ...], reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Revoke permissions of a role. With --dry-run, --json prints the users who would lose."""
    edit = read(lambda: _edit(name, codes, reason, frozenset.difference))
    if dry_run:
        _write_impact(edit, as_json=as_json)
    else:
        _save(name, edit, f"no longer grants {listed(codes)}", "does not grant that")


def _save(name: str, edit: GrantsEdit, changed: str, unchanged: str) -> None:
    """Save the grants, and say whether that changed any."""
    actor = current_actor()
    saved = carry_out(lambda: roles.change_grants(db.session, edit, actor=actor), actor=actor)
    output.say(f"The role {name} {changed if saved else unchanged}.")


def _edit(name: str, codes: Collection[str], reason: str, change: Change) -> GrantsEdit:
    matrix = roles.read_matrix(db.session)
    role = matrix.role(roles.named(db.session, name).id)
    ids = {code: id_ for id_, code in matrix.codes.items()}
    if unknown := [code for code in codes if code not in ids]:
        raise Failure(f"There is no permission {listed(unknown)}.")
    wanted = change(role.codes, frozenset(codes))
    selected = frozenset(ids[code] for code in wanted)
    edit = GrantEdit(selected, roles.grants_etag(role.permission_ids))
    return GrantsEdit({role.id: edit}, reason)


def _write_impact(edit: GrantsEdit, *, as_json: bool) -> None:
    actor = current_actor()
    review = partial(roles.review_grants, db.session, edit, actor=actor)
    found: GrantsImpact = try_out(review, actor=actor)
    if as_json:
        output.write_json(_as_objects(found))
    else:
        tell_impact(found)


def tell_impact(found: GrantsImpact) -> None:
    """Write who would gain or lose access by a change of roles."""
    if found.is_empty:
        output.say("Nothing would change.")
    for impact in found.roles:
        for affected, verb in ((impact.gaining, "gain"), (impact.losing, "lose")):
            if affected.count:
                output.write(_sentence(affected, verb))
        if not (impact.gaining.count or impact.losing.count):
            output.write("No user would gain or lose access.")
    if found.orphaned:
        output.write(f"Only administrators would have {listed(found.orphaned)}.")


def _sentence(affected: Affected, verb: str) -> str:
    names = [person.username for person in affected.first]
    more = f" and {affected.others:,} more" if affected.others else ""
    users = counted(affected.count, "user")
    return output.printable(f"{users} would {verb} access: {', '.join(names)}{more}.")


def _as_objects(found: GrantsImpact) -> list[dict[str, Any]]:
    return [
        {
            "role": impact.difference.name,
            "granted": list(impact.difference.gained),
            "revoked": list(impact.difference.lost),
            "gaining": _people(impact.gaining),
            "losing": _people(impact.losing),
            "orphaned": found.orphaned,
        }
        for impact in found.roles
    ]


def _people(affected: Affected) -> dict[str, Any]:
    names = [person.username for person in affected.first]
    return {"count": affected.count, "users": names}
