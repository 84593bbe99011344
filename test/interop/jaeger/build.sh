#!/bin/sh
# Builds a real Jaeger v2 (module tag v1.76.0 = release v2.13.0) from Go modules. usage: build.sh OUT_BINARY
# Needs go >= 1.25 and nothing else; takes about 5 minutes on 2 cores. `go install` refuses it (its go.mod has a replace),
# so a wrapper module repeats Jaeger's own go.mod and go.sum: exact released versions, checksums verified.
set -eu
OUT=$1; V=v1.76.0; M=github.com/jaegertracing/jaeger; W=$(mktemp -d); cd "$W"
printf 'module jaegerbuild\n\ngo 1.25\n' > go.mod
go mod download "$M@$V"
D=$(go env GOMODCACHE)/$M@$V
{ echo 'module jaegerbuild'; sed -n '/^go /,$p' "$D/go.mod"; } > go.mod
cat "$D/go.sum" > go.sum
go get -tool "$M/cmd/jaeger@$V"
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$OUT" "$M/cmd/jaeger"
rm -rf "$W"
