"""Random roles and random sequences of requests: nobody ends with more than an actor had.

Each sequence is taken back; after some of them there are new roles and people. After every step
that was not refused, what somebody has gained is compared with what the actor held before it.
"""

import random

from sqlalchemy import select

from app.domain import roles, users
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import passwords
from app.domain.confirmation import Deletion
from app.domain.errors import RuleError
from app.domain.roles import GrantEdit, GrantsEdit, NewRole
from app.domain.users import AssignmentEdit, NewUser
from app.extensions import db
from app.models import Permission, Role, User, role_permissions, user_roles
from tests.support.databases import Database
from tools.trust import consoles
from tools.trust.consoles import Outcome

SEQUENCES, STEPS, ROLES, PEOPLE = 2_000, 6, 5, 5
IN_A_HOUSE = 20  # sequences that begin with the same roles and people
Held = dict[int, frozenset[str]]
_HELD = (
    select(User.id, Permission.code)
    .outerjoin(user_roles, user_roles.c.user_id == User.id)
    .outerjoin(role_permissions, role_permissions.c.role_id == user_roles.c.role_id)
    .outerjoin(Permission, Permission.id == role_permissions.c.permission_id)
)


def trial(database: Database, sequences: int = SEQUENCES, seed: int = 1) -> Outcome:
    """Let random people send random requests."""
    with consoles.console(database):
        house = _House(random.Random(seed))
        for _ in range(0, sequences, IN_A_HOUSE):
            house.live(IN_A_HOUSE)
    told = house.fault or "nobody gained"
    result = f"{house.done:,} requests done, {house.refused:,} refused; {told}"
    title = f"{sequences:,} random sequences of {STEPS} requests: nobody gains beyond their actor"
    return Outcome(title, result, not house.fault and house.done > sequences)


class _House:
    """Some people and roles, made anew again and again."""

    def __init__(self, chance: random.Random) -> None:
        self.done = self.refused = 0
        self.fault = ""
        self._chance = chance
        self._permissions = list(db.session.scalars(select(Permission).order_by(Permission.id)))
        self._ways = (
            *(self._set_roles, self._set_roles, self._create_user, self._change_grants),
            *(self._change_grants, self._create_role, self._delete_role, self._activate),
        )
        db.session.rollback()

    def live(self, sequences: int) -> None:
        """Make people and roles, let each sequence begin with them, and take everything back."""
        db.session.connection(execution_options={"write": True})
        self._move_in()
        for _ in range(sequences):
            with db.session.begin_nested() as sequence:
                for number in range(STEPS):
                    self._take_step(number)
                sequence.rollback()
        db.session.rollback()

    def _move_in(self) -> None:
        # Most roles grant much, or most requests would be refused.
        most = len(self._permissions)
        counts = [self._chance.choice((2, most // 2, most - 2, most)) for _ in range(ROLES)]
        made = [
            Role(name=f"role {number}", permissions=self._chance.sample(self._permissions, count))
            for number, count in enumerate(counts)
        ]
        self._people = [
            User(
                username=f"person-{number}",
                email=f"person-{number}@example.org",
                password_hash=passwords.no_password(),
                roles=self._chance.sample(made, self._chance.randrange(3)),
            )
            for number in range(PEOPLE)
        ]
        db.session.add_all([*made, *self._people])
        db.session.flush()

    def _take_step(self, number: int) -> None:
        before = self._held()
        actor_id = self._chance.choice(sorted(before))
        name = db.session.get_one(User, actor_id).username
        actor = Actor(ActorKind.PERSON, name, id=actor_id)
        way = self._chance.choice(self._ways)
        try:
            with db.session.begin_nested():
                way(actor, number)
        except RuleError:
            self.refused += 1
            return
        self.done += 1
        for user_id, codes in self._held().items():
            beyond = codes - before.get(user_id, frozenset()) - before[actor_id]
            if beyond:
                self.fault = f"{way.__name__} gave {', '.join(sorted(beyond))}"

    def _held(self) -> Held:
        held: dict[int, set[str]] = {}
        for user_id, code in db.session.execute(_HELD):
            held.setdefault(user_id, set()).update({code} if code else ())
        return {user_id: frozenset(codes) for user_id, codes in held.items()}

    def _some_user(self) -> User:
        user_id = self._chance.choice(list(db.session.scalars(select(User.id).order_by(User.id))))
        return db.session.get_one(User, user_id, populate_existing=True)

    def _some_role(self) -> Role:
        role_id = self._chance.choice(list(db.session.scalars(select(Role.id).order_by(Role.id))))
        return db.session.get_one(Role, role_id, populate_existing=True)

    def _role_ids(self) -> frozenset[int]:
        return frozenset(self._some_role().id for _ in range(self._chance.randrange(3)))

    def _set_roles(self, actor: Actor, _number: int) -> None:
        user = self._some_user()
        edit = AssignmentEdit(self._role_ids(), users.roles_etag(role.id for role in user.roles))
        users.set_roles(db.session, user.id, edit, actor=actor)

    def _create_user(self, actor: Actor, number: int) -> None:
        new = NewUser(f"new-{number}", f"new-{number}@example.org", role_ids=self._role_ids())
        users.create(db.session, new, actor=actor)

    def _change_grants(self, actor: Actor, _number: int) -> None:
        role = self._some_role()
        held = frozenset(permission.id for permission in role.permissions)
        changed = {self._chance.choice(self._permissions).id for _ in range(2)}
        edit = GrantEdit(held ^ changed, roles.grants_etag(held))
        roles.change_grants(db.session, GrantsEdit({role.id: edit}), actor=actor)

    def _create_role(self, actor: Actor, number: int) -> None:
        new = NewRole(f"new role {number}", clone_of=self._some_role().id)
        roles.create(db.session, new, actor=actor)

    def _delete_role(self, actor: Actor, _number: int) -> None:
        role = roles.read_matrix(db.session).role(self._some_role().id)
        deletion = Deletion(role.name, roles.deletion_etag(role))
        roles.delete(db.session, role.id, deletion, actor=actor)

    def _activate(self, actor: Actor, _number: int) -> None:
        user = self._some_user()
        change = users.deactivate if user.is_active else users.activate
        change(db.session, user.id, actor=actor)
