# Caddy with the module of a DNS provider, for the wildcard certificate: https://github.com/caddy-dns.
FROM docker.io/library/caddy:2.10-builder AS build
ARG DNS_PROVIDER
RUN xcaddy build --with "github.com/caddy-dns/$DNS_PROVIDER"

FROM docker.io/library/caddy:2.10
COPY --from=build /usr/bin/caddy /usr/bin/caddy
