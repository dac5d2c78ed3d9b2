"""The only reader of the environment.

Every setting is an environment variable with the prefix `CHOHYO_`; groups are joined by two
underscores: `CHOHYO_LIMITS__FILE_MIB=128`. `DATABASE_URL` is understood as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chohyo.domain.rerankers import BY_MODEL, RerankerChoice
from chohyo.errors import InvalidInputError
from chohyo.pages.limits import Limits
from chohyo.queue import FILESYSTEM, Broker, CeleryQueue, celery_app
from chohyo.qwen_settings import QwenSettings
from chohyo.services.runtime import Runtime
from chohyo.storage import migrations, server
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database


class DatabaseSettings(BaseModel):
    """PostgreSQL. Without a URL the embedded one in the data folder is used."""

    owner_url: SecretStr | None = None
    max_connections: int = 8


class BrokerSettings(BaseModel):
    """Where hints about work travel: `redis://…`, or files in the data folder."""

    url: str = FILESYSTEM


class LimitSettings(BaseModel):
    """Bounds on an uploaded file and on the process that parses it."""

    file_mib: int = 64
    pages: int = 500
    page_megapixels: float = 60
    parse_seconds: float = 60
    parse_memory_mib: int = 2048


class WebSettings(BaseModel):
    """Where the API and the console listen."""

    host: str = "127.0.0.1"
    port: int = 8686
    secure_cookies: bool = False


class WorkSettings(BaseModel):
    """How work is shared out."""

    workers: int = 2
    lease_seconds: float = 120
    resend_seconds: float = 60
    sweep_seconds: float = 10
    max_attempts: int = 5
    tidy_seconds: float = 3600


class DiscoverySettings(BaseModel):
    """When discovery runs by itself, and what it takes to propose a template."""

    min_copies: int = 2
    every_seconds: float = 600
    pool_pages: int = 20


class WebhookSettings(BaseModel):
    """Where webhooks may lead."""

    allow_private: bool = False


class ChatSettings(BaseModel):
    """A chat model that may advise the agent and answer questions; none is asked unless named.

    With `openai` it is behind `url`; with `transformers` the model worker loads `model`, a folder
    or a hub id with the commit that pins it, as `revision`.
    `calls`, `tokens` and `seconds` bound what one proposal may spend; `answer_seconds` is when an
    answer is given without the model.
    """

    backend: Literal["openai", "transformers"] = "openai"
    url: str | None = None
    model: str = ""
    revision: str = ""
    api_key: SecretStr | None = None
    calls: int = Field(default=6, ge=1)
    tokens: int = Field(default=40_000, ge=1)
    seconds: float = Field(default=120, gt=0)
    answer_seconds: float = Field(default=9.5, gt=0)

    @field_validator("model")
    @classmethod
    def _absolute(cls, model: str) -> str:
        """Name a folder so that processes started elsewhere find it too."""
        return str(Path(model).resolve()) if model and Path(model).is_dir() else model


class LogSettings(BaseModel):
    """How the API and the workers log on standard error."""

    format: Literal["text", "json"] = "text"


class MetricsSettings(BaseModel):
    """What opens `/metrics`, besides an administrator's key."""

    token: SecretStr | None = None


class Settings(BaseSettings):
    """All settings of a process."""

    model_config = SettingsConfigDict(
        env_prefix="CHOHYO_", env_nested_delimiter="__", extra="ignore"
    )

    data_dir: Path = Path("data")
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "CHOHYO_DATABASE_URL")
    )
    profile: Literal["cpu", "qwen"] = "cpu"
    reranker: RerankerChoice = RerankerChoice.REGISTRATION
    locale: Literal["ja", "en"] = "ja"
    timezone: str = "Asia/Tokyo"
    admin_name: str = "admin"
    database: DatabaseSettings = DatabaseSettings()
    broker: BrokerSettings = BrokerSettings()
    limits: LimitSettings = LimitSettings()
    web: WebSettings = WebSettings()
    work: WorkSettings = WorkSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    webhooks: WebhookSettings = WebhookSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    qwen: QwenSettings = QwenSettings()
    chat: ChatSettings = ChatSettings()

    @property
    def asks_qwen(self) -> bool:
        """Say whether a reranking model is needed."""
        chosen = self.reranker in BY_MODEL
        return chosen or (self.profile == "qwen" and self.qwen.with_reranker)

    @property
    def has_reranking_model(self) -> bool:
        """Say whether a reranking model can be asked."""
        return self.profile == "qwen" and self.asks_qwen

    def require_reranker(self, choice: RerankerChoice) -> None:
        """Refuse a reranker that this installation has not.

        Raises:
            InvalidInputError: it needs a model that is not loaded.
        """
        if choice in BY_MODEL and not self.has_reranking_model:
            raise InvalidInputError(field="reranker", reason="needs a model that is not loaded")

    @property
    def has_model_worker(self) -> bool:
        """Say whether a process of its own has the models and answers the others."""
        return self.has_embedding_worker or self.chat.backend == "transformers"

    @property
    def has_embedding_worker(self) -> bool:
        """Say whether that process has the embedder."""
        return self.profile == "qwen" and self.qwen.backend == "transformers"

    @property
    def broker_settings(self) -> Broker:
        """Return where hints travel, as the queue wants it."""
        return Broker(self.broker.url, self.data_dir / "broker")


def open_runtime(settings: Settings) -> Runtime:
    """Open the database, the blobs and the queue of a process.

    Raises:
        InvalidInputError: no database is configured.
        UnavailableError: PostgreSQL does not answer.
        DatabaseSetupError: it lacks something, or the role has too many rights.
    """
    if settings.database_url is None:
        raise InvalidInputError(
            field="DATABASE_URL", reason="is not set; start the embedded stack with `chohyo up`"
        )
    database = Database(
        settings.database_url.get_secret_value(), max_size=settings.database.max_connections
    ).open()
    try:
        with database.transaction() as connection:
            server.check(connection)
            migrations.require_current(connection)
    except BaseException:
        database.close()
        raise
    return Runtime(
        database=database,
        blobs=LocalBlobs(settings.data_dir / "blobs"),
        queue=CeleryQueue(celery_app(settings.broker_settings)),
        limits=Limits(**settings.limits.model_dump()),
        private_webhooks=settings.webhooks.allow_private,
    )
