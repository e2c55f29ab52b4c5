#!/bin/sh
# Compiles pkcs11js where npm could not: it is optional, and npm leaves out what does not build.
set -eu

loads() {
  node -e "require('pkcs11js')" 2>/dev/null
}

if loads; then exit 0; fi

# node-gyp would download Node's headers; those of any Node will do, for the interface that is used never changes.
prefix=$(npm config get prefix)
for folder in "$prefix" /usr /usr/local; do
  [ -f "$folder/include/node/node_api.h" ] || continue
  export npm_config_nodedir="$folder"
  break
done

echo 'Compiling pkcs11js'
if [ -d node_modules/pkcs11js ]; then
  npm rebuild --loglevel=error pkcs11js
else
  npm install --no-save --no-audit --no-fund --loglevel=error
fi
if ! loads; then
  echo 'pkcs11js was not compiled: the tests of tokens need it, and with it a C++ compiler, make and Python.' >&2
  exit 1
fi
