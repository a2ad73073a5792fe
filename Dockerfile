# One static binary, no shell, no root. The time zones are in the binary.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /fourfold ./cmd/fourfold && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /fourfold /fourfold
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8378
HEALTHCHECK --interval=1m --timeout=5s CMD ["/fourfold", "health"]
ENTRYPOINT ["/fourfold"]
CMD ["run"]
