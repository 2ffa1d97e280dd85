# The bot, the worker and the recorder are one image; docker-compose.yml names the command of each.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY requirements/build.txt requirements/run.txt requirements/
COPY deploy/wheels wheels
RUN python3 -m venv /opt/sickbay \
 && if ls wheels/*.whl >/dev/null 2>&1; then export PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels; fi \
 && /opt/sickbay/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --require-hashes \
      -r requirements/build.txt -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY workers workers
COPY sickbay sickbay
RUN /opt/sickbay/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/sickbay/bin/pip uninstall --yes --quiet setuptools pip

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/sickbay /opt/sickbay
ENV PATH=/opt/sickbay/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp/matplotlib
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
ENTRYPOINT ["sickbay"]
CMD ["bot"]
