# The server alone: the database is another container (docker-compose.yml) or any PostgreSQL 18 of yours.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CABINET_HOST=0.0.0.0 \
    CABINET_PORT=8000 \
    CABINET_DATA=/data

COPY . /source
RUN pip install --no-cache-dir --constraint /source/constraints.txt /source \
 && rm -rf /source \
 && useradd --system --no-create-home --shell /usr/sbin/nologin cabinet \
 && install --directory --owner cabinet --mode 0700 /data

USER cabinet
WORKDIR /tmp
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

CMD ["cabinet", "serve"]
