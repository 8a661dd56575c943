# The app: Django under gunicorn, and nginx as its front. Every stage starts from the same base, so that the virtual
# environment's interpreter is where its symbolic link says, on the official slim image (/usr/local/bin) and on Debian's
# own (/usr/bin) alike.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS base
ENV LANG=C.UTF-8 \
    LC_ALL=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONFAULTHANDLER=1 \
    PYTHONUNBUFFERED=1

FROM base AS build
ARG PIP_INDEX_URL
COPY requirements/app.txt /tmp/requirements.txt
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-warn-script-location --require-hashes --only-binary :all: \
      -r /tmp/requirements.txt \
 && /opt/venv/bin/pip uninstall --yes pip
COPY vaultapp/ /opt/mediavault/
# Bytecode that is never checked against the source: the root file system is read-only and the source does not change.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/mediavault

# Debian's own way to these two programs is a wrapper with all of Perl.
FROM base AS database
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && install --directory /opt/postgresql \
 && cp /usr/lib/postgresql/*/bin/pg_dump /usr/lib/postgresql/*/bin/pg_restore /opt/postgresql/

FROM base AS runtime
# nginx is the front; ffmpeg and libheif make pictures of films and of HEIC, each as a limited child process;
# restic takes backups, libpq5 is for the two programs that dump and restore the database.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends nginx ffmpeg heif-thumbnailer restic libpq5 \
 && rm -rf /var/lib/apt/lists/* /var/log/*
RUN useradd --no-log-init --uid 10001 --user-group --shell /usr/sbin/nologin \
      --create-home --skel /dev/null --key HOME_MODE=0755 appuser \
 && install --directory --owner=appuser --group=appuser /home/appuser/media
COPY --from=database /opt/postgresql /usr/local/bin
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/mediavault /opt/mediavault
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/home/appuser \
    MEDIA_ROOT=/home/appuser/media
WORKDIR /opt/mediavault
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["gunicorn", "--config", "gunicorn.conf.py", "mediavault.wsgi:application"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="MediaVault" \
      org.opencontainers.image.description="A media vault: upload, browse and play photos, videos, music and documents" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
