"""Undo what a save did to the roles of users and to their accounts, as far as it still stands."""

from app.domain.users.undo.steps import INVERSE
from app.domain.users.undo.undoing import UserUndo, review_undo, undo

__all__ = ["INVERSE", "UserUndo", "review_undo", "undo"]
