# Sitrep as an image: docs/operating.md, "In a container". Base images have exact tags; each supports amd64 and arm64.
FROM node:26.10.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Sitrep needs no C headers of Node: 67 MB.
RUN npm ci --omit=dev \
    && rm -r node_modules/node-linux-*/include
COPY bin bin
COPY content content
COPY examples examples
COPY src src
# A checkout with the umask 077 has files that only its owner can read.
RUN chmod -R a+rX bin content examples src package.json \
    && install -d -o 10001 -g 10001 node_modules/.cache
# Fills the compile cache, which the read-only image cannot: Node names the cache by the user, and reads it at the same path.
# The tokens lead nowhere. Sitrep ends when `grep` has found the line and closes the pipe.
USER 10001:10001
RUN TELEGRAM_TOKEN=1:x TELEGRAM_API_URL=http://127.0.0.1:9 DISCORD_TOKEN=x.x.x DISCORD_API_URL=http://127.0.0.1:9/api \
    DATABASE_URL=file:/tmp/sitrep.db PORT=0 bin/sitrep | grep -q '"event":"started"' \
    && bin/sitrep ask threats --style picture --out /tmp/threats.png \
    && chmod -R a+rX node_modules/.cache

FROM debian:13.8-slim
LABEL org.opencontainers.image.title="Sitrep" \
    org.opencontainers.image.description="A briefing bot for Discord and Telegram" \
    org.opencontainers.image.version="0.2.0" \
    org.opencontainers.image.licenses="MIT"
# Node needs libatomic. It stands in node_modules, once.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libatomic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin sitrep \
    && install -d -o sitrep -g sitrep -m 0700 /data \
    && ln -s /app/node_modules/.bin/node /usr/local/bin/node
COPY --from=build --chown=root:root /app /app
WORKDIR /app
USER 10001:10001
ENV DATABASE_URL=file:/data/sitrep.db \
    HOST=0.0.0.0 \
    PORT=8080 \
    REQUIRE_PLATFORMS=1
# Saves memory, as bin/sitrep does.
ENV NODE_COMPILE_CACHE=/app/node_modules/.cache/sitrep \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=131072
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Not /readyz: an orchestrator would restart a bot because Discord is down.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1))"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "--disable-warning=ExperimentalWarning", "/app/src/main.ts"]
