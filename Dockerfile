# A small image that runs as nobody in particular: docker build -t telnyx-emulator .
FROM python:3.12-slim

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY telnyx_emulator ./telnyx_emulator
COPY scenarios ./scenarios
RUN pip install --no-cache-dir . && useradd --system --no-create-home emulator

USER emulator
WORKDIR /
# Inside a container only 0.0.0.0 can be reached from outside; the port is published to where you want it.
ENV TELNYX_EMULATOR_HOST=0.0.0.0 TELNYX_EMULATOR_PORT=12111
EXPOSE 12111
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s CMD ["telnyx-emulator", "ready"]
ENTRYPOINT ["telnyx-emulator"]
CMD ["serve"]
