"""The rules of the house that are read off the templates: each yields what breaks it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, nodes

from tests.house.code_rules import CODE, WELL_KNOWN

DATABASE_NAMES = {"db", "connection"}
QUERYING = {
    *("query", "execute", "scalar", "scalars", "filter", "filter_by", "order_by", "paginate"),
    *("first", "one", "one_or_none", "get_or_404", "all"),
}
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
# A style attribute, an event attribute, htmx's event attribute, a style element, a script that
# stands in the page, a script as an address: the Content-Security-Policy refuses them all.
INLINE = re.compile(
    r"""[\s"']style\s*=|[\s"']on[a-z]+\s*=|\bhx-on\b|<style\b|<script(?![^>]*\bsrc=)|javascript:""",
    re.IGNORECASE,
)
PARSER = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


@dataclass(frozen=True)
class Rule:
    """A rule about templates, with a piece of template that breaks it and one that does not."""

    offences: Callable[[str], Iterator[str]]
    bad: str
    good: str


def _queries(source: str) -> Iterator[str]:
    tree = PARSER.parse(source)
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name in DATABASE_NAMES:
            yield f"line {name.lineno}: {name.name}"
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in QUERYING:
            yield f"line {call.lineno}: .{call.node.attr}()"


def _raw_permissions(source: str) -> Iterator[str]:
    for constant in PARSER.parse(source).find_all(nodes.Const):
        value = constant.value
        if isinstance(value, str) and (value in WELL_KNOWN or CODE.fullmatch(value)):
            yield f"line {constant.lineno}: {value!r}"


def _inline(source: str) -> Iterator[str]:
    for found in INLINE.finditer(COMMENT.sub("", source)):
        yield found.group()


def _unescaped(source: str) -> Iterator[str]:
    tree = PARSER.parse(source)
    for node in tree.find_all(nodes.Filter):
        if node.name == "safe":
            yield f"line {node.lineno}: |safe"
    for node in tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield f"line {node.lineno}: autoescape"


RULES = {
    "templates never query": Rule(
        offences=_queries,
        bad="{% for role in user.roles.filter_by(name='admin') %}{{ role }}{% endfor %}",
        good="{% for role in user.roles %}{{ role.name }}{% endfor %}",
    ),
    "permissions are named by PermissionCode": Rule(
        offences=_raw_permissions,
        bad="{% if current_user.can('user:read') %}{% endif %}",
        good="{% if current_user.can(PermissionCode.USER_READ) %}{% endif %}",
    ),
    "no style and no script stands in the page": Rule(
        offences=_inline,
        bad='<p style="color: red" onclick="go()">',
        good='<p class="loud" data-confirm="1"><script src="/static/app.js" defer></script>',
    ),
    "nothing escapes the escaping": Rule(
        offences=_unescaped,
        bad="{{ setting.value | safe }}",
        good="{{ setting.value }}",
    ),
}
