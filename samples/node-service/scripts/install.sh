#!/bin/sh
# Stands in for `npm ci`: makes each package of the lock file, without a registry.
set -eu
sed -n 's/^.*"\(node_modules\/[^"]*\)".*$/\1/p' package-lock.json | while read -r folder; do
	mkdir -p "$folder"
	echo "export const greeting = 'hello from $folder';" > "$folder/index.js"
	echo '{"type": "module", "exports": "./index.js"}' > "$folder/package.json"
done
