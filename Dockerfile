# SPDX-License-Identifier: Apache-2.0
# The gateway in a container (docs/docker.md). Two stages: what builds stays behind. scripts/try-dockerfile carries it out without
# Docker, tests/lint/test_containers.py looks after its rules.

FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/install-dependencies scripts/install-dependencies
RUN scripts/install-dependencies build && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY packaging packaging
COPY src src
RUN cmake --preset release -DMMSGATE_SIM=OFF && cmake --build --preset release && DESTDIR=/out cmake --install build/release --prefix /usr --strip

FROM debian:bookworm-slim
# The libraries that the program names; a test compares.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates libarchive13 libcurl4 libfmt9 libgnutls30 libmicrohttpd12 \
      libpng16-16 libpugixml1v5 libqrcodegencpp1 libsofia-sip-ua0 libspdlog1.10 libsqlite3-0 libssl3 libstdc++6 zlib1g \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
# A number of its own, so that the owner of files on the host is nobody else's.
RUN groupadd --gid 10001 mmsgate && useradd --uid 10001 --gid 10001 --home-dir /var/lib/mmsgate --shell /usr/sbin/nologin mmsgate \
 && install -d -o mmsgate -g mmsgate -m 700 /var/lib/mmsgate && install -d /etc/flexisip
COPY --from=build /out/usr/ /usr/

# The one place that may be written when the container is read-only, as compose.yaml has it: a backup begins as a copy of the database.
ENV HOME=/var/lib/mmsgate TMPDIR=/var/lib/mmsgate
WORKDIR /var/lib/mmsgate
USER 10001:10001
VOLUME ["/var/lib/mmsgate"]
EXPOSE 38443/tcp
# ok, or what is wrong: seen with `docker inspect`.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["mmsgate", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["mmsgate"]
CMD ["serve"]
