#!/bin/sh
# Stands in for a compiler: takes the comments out of the sources.
set -eu
mkdir -p dist
for file in src/*.js; do
	sed '/^\/\//d' "$file" > "dist/${file#src/}"
done
