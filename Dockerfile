FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY agent agent
COPY api api
COPY chohyo chohyo
COPY cli cli
COPY eval eval
COPY sql sql
COPY workers workers
# `[qwen]` for the worker that has the models.
ARG EXTRA=""
RUN python -m venv /opt/chohyo && /opt/chohyo/bin/pip install --no-cache-dir ".${EXTRA}"

FROM python:3.11-slim-bookworm
COPY --from=build /opt/chohyo /opt/chohyo
COPY docker/with-secrets /usr/local/bin/with-secrets
RUN useradd --uid 10001 --create-home chohyo && install -d -o chohyo -g chohyo -m 0700 /data /models
ENV PATH=/opt/chohyo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CHOHYO_DATA_DIR=/data
USER chohyo
WORKDIR /home/chohyo
VOLUME /data
ENTRYPOINT ["with-secrets"]
CMD ["chohyo", "--help"]
