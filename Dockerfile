# The sidecar's image: one static binary and plugin.yaml, nothing else. The entry point is argocd-cmp-server, which the repo-server's
# pod mounts at /var/run/argocd.
FROM docker.io/library/rust:1.95-alpine AS build
RUN apk add --no-cache build-base \
 && rustup target add "$(uname -m)-unknown-linux-musl" wasm32-unknown-unknown
WORKDIR /source
COPY . .
RUN cargo build --release --locked --package tidegate --no-default-features --target "$(uname -m)-unknown-linux-musl" \
 && mkdir /image \
 && cp "target/$(uname -m)-unknown-linux-musl/release/tidegate" /image/tidegate

FROM scratch
COPY --from=build /image/tidegate /usr/local/bin/tidegate
COPY plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
USER 999:999
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]
