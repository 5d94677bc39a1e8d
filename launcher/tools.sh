# Finds what Graft needs on this machine, and installs by apt what is missing where it may. Read by graft; sets JAVA_HOME, PATH.
JAVA_MAJOR=25

say() { printf 'graft: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# java_major HOME: the major version of the JDK there; nothing where there is no JDK (a runtime without javac can't build)
java_major() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
  fi
}

# find_jdk: prints the home of the first JDK that is new enough; says which older ones it passed over
find_jdk() {
  local candidates=() at major old=""
  [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
  if at=$(command -v javac); then candidates+=("$(dirname "$(dirname "$(readlink -f "$at")")")"); fi
  candidates+=(/usr/lib/jvm/* /usr/java/* /opt/jdk* /opt/java/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.jdk/* "$GRAFT_HOME"/jdk/*)
  for at in "${candidates[@]}"; do
    major=$(java_major "$at")
    [ -n "$major" ] || continue
    if [ "$major" -ge "$JAVA_MAJOR" ]; then printf '%s\n' "$at"; return 0; fi
    old="$old $at ($major)"
  done
  [ -z "$old" ] || say "Java $JAVA_MAJOR is needed; found only older ones:$old"
  return 1
}

# apt_install PACKAGE...: installs them, or prints the command that would
apt_install() {
  local run=()
  if [ "$(id -u)" = 0 ]; then run=(env DEBIAN_FRONTEND=noninteractive)
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run=(sudo -n env DEBIAN_FRONTEND=noninteractive)
  fi
  if ! command -v apt-get >/dev/null; then
    die "install these with this system's package manager, then run it again: $*"
  fi
  if [ ${#run[@]} = 0 ]; then
    die "these are missing, and installing them needs root. Run this, then run it again:
  sudo apt-get update && sudo apt-get install -y $*"
  fi
  local log="$GRAFT_HOME/logs/apt.log"
  say "installing by apt: $* (log: $log)"
  { "${run[@]}" apt-get update && "${run[@]}" apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null \
    || { tail -n 5 "$log" >&2; die "apt could not install them; see $log. Run it yourself, then run it again:
  sudo apt-get update && sudo apt-get install -y $*"; }
}

# find_tools TOOL...: of mvn, g++, npm, python3, git, openssl, flock, curl; the missing ones and the JDK are installed in one go
find_tools() {
  local missing=() tool
  for tool in "$@"; do
    case "$tool" in
      mvn) command -v mvn >/dev/null || missing+=(maven) ;;
      npm) command -v npm >/dev/null || missing+=(npm) ;;
      python3) python3 -m pip --version >/dev/null 2>&1 || missing+=(python3 python3-pip) ;;
      flock) command -v flock >/dev/null || missing+=(util-linux) ;;
      *) command -v "$tool" >/dev/null || missing+=("$tool") ;;
    esac
  done
  local jdk; jdk=$(find_jdk) || {
    # Whether apt has it can be asked without root; its lists may be older than the package.
    if [ -n "$(apt-cache policy "openjdk-$JAVA_MAJOR-jdk-headless" 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p')" ]; then
      missing+=("openjdk-$JAVA_MAJOR-jdk-headless")
    fi
  }
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -n "$jdk" ] || jdk=$(find_jdk 2>/dev/null) || die "no JDK $JAVA_MAJOR was found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.jdks, ~/.jdk), and apt has none here.
  This puts one into ~/.jdk, where graft finds it:
    python3 -m pip install --target ~/.jdk/tool install-jdk==1.1.0 && PYTHONPATH=~/.jdk/tool python3 -c \"import jdk; jdk.install('$JAVA_MAJOR')\"
  Or install any JDK $JAVA_MAJOR and set JAVA_HOME to it."
  export JAVA_HOME="$jdk" PATH="$jdk/bin:$PATH"
}
