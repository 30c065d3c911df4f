# Production image: the pinned packages of requirements/prod.lock, nothing of the development sets.
FROM python:3.13-slim AS build
RUN python -m venv /opt/venv
COPY requirements/prod.lock /build/prod.lock
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /build/prod.lock
WORKDIR /srv/repere
COPY . .
# Hashed names let browsers keep static files for a year. The keys here exist for this command only.
RUN KEY=$(head -c 32 /dev/zero | base64) \
    && export SECRET_KEY=build FIELD_KEYS=build:$KEY STATE_DIR=/build/state \
        STATIC_ROOT=/srv/static STATIC_HASHED=1 PATH=/opt/venv/bin:$PATH \
    && python manage.py compile_translations \
    && python manage.py collectstatic --noinput -v 0

# Backups need the programs of the server's own version: its image, with our code beside (Debian's Python is 3.13 too).
FROM postgres:18-trixie AS backup
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/python3 /usr/local/bin/python3.13 && ln -s /usr/bin/python3 /usr/local/bin/python3 \
    && ln -s /usr/bin/python3 /usr/local/bin/python && install -d -o postgres -g postgres -m 700 /var/backups/repere
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/repere /srv/repere
WORKDIR /srv/repere
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATE_DIR=/tmp
USER postgres

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv/repere --shell /usr/sbin/nologin repere \
    && install -d -o repere -g repere /var/lib/repere /var/checkpoints \
    && install -d -o repere -g repere -m 700 /var/files \
    && install -d -o repere -g repere /var/backups/files
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/repere /srv/repere
WORKDIR /srv/repere
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIR=/var/lib/repere STATIC_ROOT=/srv/static STATIC_HASHED=1 \
    HEALTH_PORT=8001
USER repere
EXPOSE 8000
CMD ["gunicorn", "referral.config.wsgi:application", "--config", "python:referral.config.serving", \
     "--bind", "0.0.0.0:8000", \
     "--worker-class", "referral.config.serving.Worker", "--workers", "2", "--threads", "4", "--no-control-socket", \
     "--worker-tmp-dir", "/dev/shm", "--max-requests", "5000", "--max-requests-jitter", "500"]
