#!/usr/bin/env bash
# Builds the peer of `graft bench serving`, once, into GRAFT_HOME/cache/llama-VERSION/server: llama-server and, beside it, links to the very
# libraries that Graft runs (core, ggml, CPU variants). Only llama-server's own sources are compiled: a GCC before 12.4 miscompiles
# _tile_loadconfig, so that a ggml built with it crashes on AMX machines, while the prebuilt libraries are sound.
# usage: bench/llama-server/build.sh        prints the path of the binary
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cache="${GRAFT_HOME:-$HOME/.graft}/cache"
llama="$cache/llama-0.5.0"
server="$llama/server"

. "$here/../../launcher/say.sh"

if [ ! -x "$server/llama-server" ]; then
  missing=()
  for tool in cmake make g++; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]}. Run: apt-get install -y cmake make g++"
  "$here/../../launcher/fetch.sh" llama llama-source
  say "building llama-server of llama.cpp v0.5.0 (about 5 minutes on 2 cores, once)"
  work=$(mktemp -d "$cache/.partial.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cmake -S "$here" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DLLAMA_SOURCE="$llama/source" -DLLAMA_LIBS="$llama/lib" >"$work/log" 2>&1 ||
    die "$(tail -n 20 "$work/log")"
  nice -n 19 cmake --build "$work/build" --target llama-server -j "$(nproc)" >>"$work/log" 2>&1 || die "$(grep -m5 -A5 'error' "$work/log" || tail -n 20 "$work/log")"
  mkdir "$work/server"
  cp "$work/build/bin/llama-server" "$work/server/"
  for library in "$llama"/lib/*.so; do ln -s "../lib/$(basename "$library")" "$work/server/"; done
  mv "$work/server" "$server"
fi
echo "$server/llama-server"
