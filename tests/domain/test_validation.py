"""All that is wrong with a form is told at once."""

import pytest

from app.domain import validation
from app.domain.errors import ChangedMeanwhile, InvalidValue, InvalidValues


def refusing(field):
    def check():
        raise InvalidValue(f"{field} is wrong.", field=field)

    return check


def test_what_passes_is_returned_by_name():
    assert validation.all_of(name=lambda: "ada", age=lambda: 36) == {"name": "ada", "age": 36}


def test_one_mistake_is_told_as_it_is():
    with pytest.raises(InvalidValue, match=r"^age is wrong\.$") as told:
        validation.all_of(name=lambda: "ada", age=refusing("age"))

    assert type(told.value) is InvalidValue
    assert told.value.field == "age"


def test_several_mistakes_are_told_together():
    with pytest.raises(InvalidValues, match=r"^name is wrong\. age is wrong\.$") as told:
        validation.all_of(name=refusing("name"), town=lambda: "Ulm", age=refusing("age"))

    assert [part.field for part in told.value.parts] == ["name", "age"]


def test_mistakes_of_a_part_of_the_form_are_told_one_by_one():
    def inner():
        return validation.all_of(name=refusing("name"), age=refusing("age"))

    with pytest.raises(InvalidValues) as told:
        validation.all_of(person=inner, reason=refusing("reason"))

    assert [part.field for part in told.value.parts] == ["name", "age", "reason"]


def test_what_is_no_mistake_ends_the_checks():
    def changed():
        raise ChangedMeanwhile("Somebody else was here.")

    with pytest.raises(ChangedMeanwhile):
        validation.all_of(name=refusing("name"), etag=changed)
