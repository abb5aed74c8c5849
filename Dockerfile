# One container, one port: the pages, the API and the children that train.
# Stage 1 installs the lock (the layer that changes rarely), stage 2 holds only what runs.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
# LightGBM and scikit-learn need GNU OpenMP, which the slim image leaves out.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 workbench \
    && mkdir /data && chown workbench /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY .streamlit .streamlit
COPY models models
COPY pages pages
COPY workbench workbench
# Compiled once here, so that no cold start does it again.
RUN /opt/venv/bin/python -m compileall -q workbench pages
# Output unbuffered for the log; numba's and matplotlib's caches where the user may write;
# the bucket client must not ask for the bucket's own metadata, which its role may not read;
# the store is a folder until WORKBENCH_STORE names a bucket (on Cloud Run the status page warns until then).
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib NUMBA_CACHE_DIR=/tmp/numba WORKBENCH_STORE=/data PORT=8080 \
    DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA=true
USER workbench
EXPOSE 8080
CMD ["python", "-m", "workbench", "serve", "--host", "0.0.0.0"]
