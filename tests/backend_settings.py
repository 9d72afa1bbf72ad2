"""The settings of the demo, with secrets that are set: no page may show them."""

from tools import demo_settings

SECRETS = {
    "embedding_api_key": "hf-not-to-be-seen",
    "vector_db_api_key": "qd-not-to-be-seen",
    "cache_redis_password": "rd-not-to-be-seen",
    "smtp_password": "sm-not-to-be-seen",
}
SETTINGS = {
    category: [
        (key, data_type, SECRETS.get(key, value), description)
        for key, data_type, value, description in settings
    ]
    for category, settings in demo_settings.SETTINGS.items()
}
