"""The blueprint of webhooks, and the permissions of its pages: messages tell what the log tells."""

from flask import Blueprint

from app.domain.permissions import PermissionCode
from app.web.access import requires

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
looking = requires(read=PermissionCode.AUDIT_READ)
changing = requires(read=PermissionCode.AUDIT_READ, change=PermissionCode.SETTINGS_UPDATE)
