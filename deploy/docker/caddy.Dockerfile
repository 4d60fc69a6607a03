# Caddy with the module of a DNS provider, for the wildcard certificate. DNS_MODULE names its version, such as
# github.com/caddy-dns/cloudflare@v0.2.4, because the module gets the token and serves every request.
FROM docker.io/library/caddy:2.10-builder AS build
ARG DNS_MODULE
RUN case "$DNS_MODULE" in ?*@v?*) ;; *) echo "DNS_MODULE must end in a version, such as @v1.2.3." >&2; exit 1 ;; esac
RUN xcaddy build --with "$DNS_MODULE"

FROM docker.io/library/caddy:2.10
COPY --from=build /usr/bin/caddy /usr/bin/caddy
