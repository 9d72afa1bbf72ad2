"""The console's checks by a schema agree with those of the library jsonschema."""

import random

import pytest
from jsonschema import Draft202012Validator, SchemaError

from app.domain.settings.value_rules import schemas
from app.domain.settings.value_rules.json_schema import check
from app.domain.settings.value_rules.json_schema.steps import Steps

SCALARS = [0, 1, 2, 1.0, 2.5, True, False, None, "", "a", "ab", "abc"]
NAMES = ["a", "b", "c"]


class Maker:
    """Makes schemas and values by chance."""

    def __init__(self, seed):
        self._chance = random.Random(seed)

    def value(self, depth=0):
        kind = self._chance.random()
        if depth > 2 or kind < 0.4:
            return self._chance.choice(SCALARS)
        if kind < 0.7:
            return [self.value(depth + 1) for _ in range(self._chance.randrange(4))]
        return {name: self.value(depth + 1) for name in self._some(NAMES)}

    def schema(self, depth=0):
        if depth > 3 or self._chance.random() < 0.1:
            return self._chance.random() < 0.7
        names = self._chance.sample(sorted(self._makers()), self._chance.randrange(1, 4))
        return {name: self._makers()[name](depth + 1) for name in names}

    def _some(self, names):
        return self._chance.sample(names, self._chance.randrange(len(names) + 1))

    def _named(self, depth):
        return {name: self.schema(depth) for name in self._some(NAMES)}

    def _list(self, depth):
        return [self.schema(depth) for _ in range(self._chance.randrange(1, 4))]

    def _makers(self):
        of_schema = "additionalProperties contains else if items not propertyNames then"
        of_schema += " unevaluatedItems unevaluatedProperties"
        bounds = "minimum maximum exclusiveMinimum exclusiveMaximum"
        counts = "minLength maxLength minItems maxItems minProperties maxProperties"
        counts += " minContains maxContains"
        number = self._chance.choice
        return {
            **dict.fromkeys(of_schema.split(), self.schema),
            **dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], self._list),
            **dict.fromkeys(["properties", "dependentSchemas"], self._named),
            **dict.fromkeys(bounds.split(), lambda _: number([0, 1, 1.5, 2])),
            **dict.fromkeys(counts.split(), lambda _: number([0, 1, 2, 3])),
            "multipleOf": lambda _: number([1, 2, 0.5]),
            "pattern": lambda _: number(["^a", "b$", "c"]),
            "type": lambda _: number(["array", "object", "string", "number", ["integer", "null"]]),
            "required": lambda _: self._some(NAMES),
            "dependentRequired": lambda _: {name: self._some(NAMES) for name in self._some(NAMES)},
            "enum": lambda depth: [self.value(depth) for _ in range(3)],
            "const": self.value,
            "uniqueItems": lambda _: number([True, False]),
        }


@pytest.mark.parametrize("seed", range(20))
def test_the_same_values_fit_the_same_schemas(seed):
    make = Maker(seed)
    fitting = 0
    for _ in range(150):
        schema = make.schema()
        if not isinstance(schema, dict):
            continue
        for _ in range(4):
            value = make.value()
            ours = check.first_mistake(schema, value, Steps(10**7)) is None
            assert ours is Draft202012Validator(schema).is_valid(value), (schema, value)
            fitting += ours
    assert fitting > 50


WRONG = [
    *({"minimum": "1"}, {"minLength": -1}, {"minLength": 1.5}, {"type": "text"}, {"type": []}),
    *({"required": ["a", "a"]}, {"required": "a"}, {"enum": 1}, {"allOf": []}, {"allOf": {}}),
    *({"items": []}, {"properties": {"a": 1}}, {"multipleOf": 0}, {"uniqueItems": 1}),
    *({"pattern": 1}, {"dependentRequired": {"a": "b"}}, {"not": 1}, {"title": 1}),
]


@pytest.mark.parametrize("schema", WRONG)
def test_what_the_library_takes_for_no_schema_is_a_mistake(schema):
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema(schema)

    assert [remark.is_mistake for remark in schemas.remarks(schema)] == [True]
