"""The blueprint of export, import and comparison."""

from flask import Blueprint

blueprint = Blueprint("transfer", __name__, url_prefix="/transfer")
