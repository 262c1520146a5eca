# The product's image: built and run on Debian 13, non-root, ready for a
# read-only root file system. All it writes lies in /var/lib/selfheal.
FROM debian:trixie-slim AS build
COPY scripts/deps /src/scripts/deps
RUN /src/scripts/deps build
COPY . /src
WORKDIR /src
RUN scripts/build release selfheal \
    && strip build/release/selfheal \
    && ldd build/release/selfheal | awk '/=> \//{print $3}' \
    | xargs -n 1 readlink -f | xargs dpkg-query -S | cut -d: -f1 | sort -u \
    > build/runtime-packages

FROM debian:trixie-slim
COPY --from=build /src/build/runtime-packages /usr/share/selfheal/
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
    --no-install-recommends ca-certificates \
    $(cat /usr/share/selfheal/runtime-packages) \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt \
    && install -d -m 0700 -o 10001 -g 10001 /var/lib/selfheal
COPY rules /usr/share/selfheal/rules
COPY runbooks /usr/share/selfheal/runbooks
COPY config /etc/selfheal
COPY --from=build /src/build/release/selfheal /usr/bin/selfheal
USER 10001:10001
WORKDIR /var/lib/selfheal
VOLUME /var/lib/selfheal
EXPOSE 8000
ENTRYPOINT ["/usr/bin/selfheal"]
CMD ["serve"]
