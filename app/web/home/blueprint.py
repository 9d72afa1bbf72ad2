"""The blueprint of the overview and of its findings."""

from flask import Blueprint

blueprint = Blueprint("home", __name__)
