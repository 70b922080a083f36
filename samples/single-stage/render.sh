#!/bin/sh
# Puts all pages between header and footer.
set -eu
sed "s/TITLE/$1/" config/header.html > index.html
cat pages/*.html config/footer.html >> index.html
