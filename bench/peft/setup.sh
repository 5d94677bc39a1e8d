#!/usr/bin/env bash
# Makes the peer of `graft bench training`, once, in GRAFT_HOME/cache: a virtual environment with PyTorch (for processors) and PEFT, by exact versions.
# usage: bench/peft/setup.sh        prints the path of its python
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cache="${GRAFT_HOME:-$HOME/.graft}/cache"
venv="$cache/peft-$(sha256sum "$here/requirements.txt" | cut -c1-12)"

. "$here/../../launcher/say.sh"

if [ ! -x "$venv/bin/python" ]; then
  python3 -c 'import venv, ensurepip' 2>/dev/null || die "python3 has no venv: apt-get install -y python3-venv"
  need_disk "$cache" 9000 "PyTorch with PEFT"
  say "installing PyTorch and PEFT (several minutes, once)"
  work=$(mktemp -d "$cache/.partial.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  python3 -m venv "$work/venv"
  quietly "$work/log" "installing PyTorch and PEFT" "$work/venv/bin/python" -m pip install --disable-pip-version-check -r "$here/requirements.txt" || die "$(tail -n 5 "$work/log")"
  mv "$work/venv" "$venv"
fi
echo "$venv/bin/python"
