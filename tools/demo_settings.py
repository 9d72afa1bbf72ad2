"""The settings of the demo: those that a backend adds to the defaults of revision 001.

Keys, types and categories are from the backend; descriptions and values are invented. `demo_rules`
adds rules and secrets.
"""

SYSTEM_PROMPT = """You answer questions about the documents of Nordhafen Archives.

Rules:
1. Use only the passages below. Where they say nothing, say that they say nothing.
2. Name the document and the page for every statement, like this: [Harbour fees 2024, p. 12].
3. Answer in the language of the question, in at most six sentences.
4. Never guess a number, a date or a name.
"""

# Key, data type, value (None: not set), description.
Setting = tuple[str, str, str | None, str]

SETTINGS: dict[str, list[Setting]] = {
    "llm": [
        ("llm_temperature", "float", "0.2", "How freely the model words an answer, from 0 to 2."),
        ("llm_model_path", "string", None, "Where the file of a model lies that runs here."),
        ("llm_mode", "string", "chat", "How the model is spoken to: chat or completion."),
        ("llm_task", "string", "text-generation", "The task that a model running here is for."),
        ("llm_context_size", "integer", "16384", "How many tokens question and passages may take."),
        ("llm_n_threads", "integer", "8", "How many processor threads a model running here uses."),
        ("llm_n_batch", "integer", "512", "How many tokens a model running here reads at a time."),
        ("fallback_llm_provider", "string", "ollama", "Who answers when the first one cannot."),
        ("fallback_llm_api_key", "string", None, "The key that the second provider asks for."),
        ("fallback_llm_model", "string", "mistral:7b-instruct", "The second provider's model."),
        ("fallback_llm_temperature", "float", "0.1", "How freely the second model words answers."),
        ("fallback_llm_max_tokens", "integer", "768", "The second model's longest answer."),
        (
            "fallback_llm_endpoint_url",
            "string",
            "http://ollama.internal.nordhafen.example:11434",
            "The address of the second provider.",
        ),
        ("fallback_llm_timeout", "integer", "90", "Seconds that a second answer may take."),
        ("classifier_llm_provider", "string", "openai", "Who sorts questions before the search."),
        ("classifier_llm_api_key", "string", None, "The key that sorting questions asks for."),
        ("classifier_llm_model", "string", "gpt-4o-mini", "The model that sorts questions."),
        ("classifier_llm_temperature", "float", "0.0", "Kept at 0, so that sorting is repeatable."),
        ("classifier_llm_max_tokens", "integer", "16", "A label is short."),
        ("classifier_llm_timeout", "integer", "10", "Seconds that sorting a question may take."),
    ],
    "embedding": [
        ("embedding_api_key", "string", None, "The key of the embedding service."),
        ("embedding_dimensions", "integer", "384", "How many numbers a vector has."),
        ("embedding_device", "string", "cpu", "Where vectors are computed: cpu, cuda or mps."),
        ("embedding_task_type", "string", None, "What some services want to know of documents."),
        ("embedding_input_type", "string", None, "What some services want to know of the text."),
    ],
    "vector_db": [
        ("vector_db_url", "string", None, "The whole address, in place of host and port."),
        ("vector_db_host", "string", "qdrant.internal.nordhafen.example", "The server."),
        ("vector_db_port", "integer", "6333", "The port for HTTP."),
        ("vector_db_api_key", "string", None, "The key that the server asks for."),
        ("vector_db_username", "string", None, "For servers that ask for a name."),
        ("vector_db_password", "string", None, "For servers that ask for a password."),
        ("vector_db_grpc_port", "integer", "6334", "The port for gRPC."),
        ("vector_db_prefer_grpc", "boolean", "true", "Whether gRPC is used where it is offered."),
        ("vector_db_index_name", "string", None, "The index, for providers that call it that."),
        ("vector_db_class_name", "string", None, "The class, for providers that call it that."),
        ("vector_db_environment", "string", None, "The region, for providers that ask for one."),
    ],
    "cache": [
        ("cache_backend", "string", "redis", "Where answers are kept: memory or redis."),
        ("cache_key_prefix", "string", "nordhafen:", "What every key in the cache begins with."),
        ("cache_redis_host", "string", "redis.internal.nordhafen.example", "The Redis server."),
        ("cache_redis_port", "integer", "6379", "Its port."),
        ("cache_redis_db", "integer", "2", "The number of its database."),
        ("cache_redis_password", "string", None, "Its password."),
        ("cache_ttl_stats", "integer", "60", "How many seconds figures are kept."),
    ],
    "document_processing": [
        ("max_file_size_mb", "integer", "100", "The largest file, in megabytes."),
        ("batch_ingestion_size", "integer", "20", "How many documents are taken in at a time."),
    ],
    "application": [
        ("app_description", "string", "", "What people read below the name. Empty on purpose."),
    ],
    "email": [
        ("email_enabled", "boolean", "true", "Whether mail is sent at all."),
        ("smtp_server", "string", "smtp.nordhafen.example", "The mail server."),
        ("smtp_port", "integer", "587", "Its port."),
        ("smtp_username", "string", "rag@nordhafen.example", "The name that it asks for."),
        ("smtp_password", "string", None, "The password that it asks for."),
        ("smtp_from_email", "string", "rag@nordhafen.example", "The sender of every mail."),
        ("smtp_from_name", "string", "Nordhafen Archives", "The sender's name."),
        ("smtp_use_tls", "boolean", "true", "Whether the connection is upgraded by STARTTLS."),
        ("smtp_use_ssl", "boolean", "false", "Whether the connection is TLS from its beginning."),
        ("email_verification_token_expire_minutes", "integer", "1440", "How long its link works."),
        ("password_reset_token_expire_minutes", "integer", "30", "How long its link works."),
        ("invite_token_expire_days", "integer", "7", "How long an invitation can be accepted."),
        ("frontend_url", "string", "https://ask.nordhafen.example", "Where people ask."),
        ("email_verification_url", "string", None, "The page that such a link leads to."),
        ("password_reset_url", "string", None, "The page that such a link leads to."),
        ("invite_url", "string", None, "The page that such a link leads to."),
    ],
    "jobs": [
        ("job_max_retries", "integer", "3", "How often a job is tried again."),
        ("job_retry_delay", "integer", "30", "Seconds between one try and the next."),
        ("job_cleanup_days", "integer", "14", "How many days a finished job is remembered."),
    ],
    "security": [
        ("session_timeout_minutes", "integer", "45", "How long a sign-in to the backend lasts."),
        ("max_login_attempts", "integer", "5", "After how many wrong passwords it waits."),
        ("password_min_length", "integer", "12", "The shortest password of the backend."),
    ],
    "prompts": [
        ("rag_system_prompt", "string", SYSTEM_PROMPT, "What the model is told before a question."),
    ],
}
# Changes of Nordhafen to the defaults of revision 001.
OWN_VALUES = {
    "app_name": "Nordhafen Archives",
    "chunk_overlap": "150",
    "chunk_size": "900",
    "cors_allow_origins": '["https://ask.nordhafen.example", "https://reading-room.example"]',
    "ingestion_batch_size": "48",
    "llm_endpoint_url": "https://llm.internal.nordhafen.example/v1",
    "llm_max_tokens": "1536",
    "llm_model": "gpt-4o",
    "llm_timeout": "45",
    "max_document_size": "250MB",
    "retrieval_no_context_message": "The archives say nothing about this in what you may read.",
}

# Days ago, actor, key, before, after, reason. The last change of a key has the stored value.
Change = tuple[int, str, str, str | None, str | None, str]

CHANGES: list[Change] = [
    (29, "Noura Al-Masri", "chunk_size", "1000", "600", "A trial with the building permits."),
    (28, "Wiremu Parata", "max_document_size", "100MB", "250MB", "Harbour plans are 180 MB."),
    (27, "Noura Al-Masri", "chunk_size", "600", "900", "600 cut tables in half."),
    (27, "Noura Al-Masri", "chunk_overlap", "200", "150", "Goes with the smaller chunks."),
    (25, "Hanna Lindqvist", "smtp_port", "465", "587", "The provider closes 465 this month."),
    (25, "Hanna Lindqvist", "smtp_use_ssl", "true", "false", "Port 587 begins in clear."),
    (25, "Hanna Lindqvist", "smtp_use_tls", "false", "true", "Port 587 upgrades by STARTTLS."),
    (23, "Wiremu Parata", "cache_backend", "memory", "redis", "Two workers share the answers now."),
    (22, "Wiremu Parata", "cache_redis_db", "0", "2", "0 belongs to the reading room."),
    (20, "Ingrid Solberg", "debug_mode", "false", "true", "Looking for the lost citations."),
    (20, "Ingrid Solberg", "debug_mode", "true", "false", "Found: the proxy cut long answers."),
    (18, "Noura Al-Masri", "llm_model", "gpt-4o-mini", "gpt-4o", "Reads Low German better."),
    (18, "Noura Al-Masri", "llm_max_tokens", "1024", "1536", "Answers ended in mid-sentence."),
    (17, "Noura Al-Masri", "llm_timeout", "60", "30", ""),
    (15, "Noura Al-Masri", "llm_timeout", "30", "45", "30 was too short on Mondays."),
    (14, "Tunde Adeyemi", "session_timeout_minutes", "120", "45", "As the audit asked for."),
    (14, "Tunde Adeyemi", "password_min_length", "8", "12", "As the audit asked for."),
    (12, "Hanna Lindqvist", "llm_temperature", "0.7", "0.2", "Answers left the passages."),
    (11, "Wiremu Parata", "ingestion_batch_size", "32", "64", "The new machine is faster."),
    (10, "Wiremu Parata", "ingestion_batch_size", "64", "48", "64 ran out of memory at night."),
    (9, "Wiremu Parata", "embedding_device", None, "cpu", "There is no GPU on the new machine."),
    (7, "Hanna Lindqvist", "cache_ttl_stats", "300", "60", ""),
    (
        6,
        "Ingrid Solberg",
        "rag_system_prompt",
        "You answer questions.",
        SYSTEM_PROMPT,
        "Cite pages.",
    ),
    (5, "Noura Al-Masri", "fallback_llm_timeout", "60", "90", "The small model needs longer."),
    (3, "Hanna Lindqvist", "invite_token_expire_days", "3", "7", "People are on holiday."),
    (2, "Wiremu Parata", "log_level", "INFO", "DEBUG", "The night run stopped without a word."),
    (1, "Wiremu Parata", "log_level", "DEBUG", "INFO", "Found: the disk was full."),
]
