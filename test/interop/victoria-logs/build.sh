#!/bin/sh
# Builds a real VictoriaLogs v1.52.1 from Go modules. usage: build.sh OUT_BINARY
# Needs Go and gcc (for zstd); takes about 20 seconds on 2 cores, plus the download. The module's own folder is read-only, so it is copied.
set -eu
OUT=$1; V=v1.52.1; M=github.com/VictoriaMetrics/VictoriaLogs
case $OUT in /*) ;; *) OUT=$PWD/$OUT ;; esac
W=$(mktemp -d); trap 'chmod -R u+w "$W"; rm -rf "$W"' EXIT; cd "$W"
printf 'module victorialogsbuild\n\ngo 1.25\n' > go.mod
go mod download "$M@$V"
cp -r "$(go env GOMODCACHE)/github.com/!victoria!metrics/!victoria!logs@$V" source
chmod -R u+w source; cd source
go build -mod=mod -p 1 -trimpath -ldflags='-s -w' -o "$OUT" ./app/victoria-logs
