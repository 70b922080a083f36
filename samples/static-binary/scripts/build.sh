#!/bin/sh
# build.sh VERSION FILE: a static binary. Where there is no Go a script takes its place, so that any base will do.
set -eu
mkdir -p "${2%/*}"
if command -v go > /dev/null; then
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$1" -o "$2" .
else
	sed "s/\"dev\"/\"$1\"/" main.go > "$2"
	chmod 755 "$2"
fi
