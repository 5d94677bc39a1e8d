# Finds what Graft needs on this machine, and installs by apt what is missing where it may. Read by graft; sets JAVA_HOME, PATH.
JAVA_MAJOR=25
# Patterns, expanded when they are looked at: one may have been installed since.
JDK_FOLDERS=("/usr/lib/jvm/*" "/usr/java/*" "/opt/jdk*" "/opt/java/*" "/opt/*jdk*" "$HOME/.sdkman/candidates/java/*" "$HOME/.jdks/*" "$HOME/.jdk/*" "$GRAFT_HOME/jdk/*")

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
  local candidates=() pattern at major old=""
  [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
  if at=$(command -v javac); then candidates+=("$(dirname "$(dirname "$(readlink -f "$at")")")"); fi
  for pattern in "${JDK_FOLDERS[@]}"; do mapfile -t -O "${#candidates[@]}" candidates < <(compgen -G "$pattern"); done
  for at in "${candidates[@]}"; do
    major=$(java_major "$at")
    [ -n "$major" ] || continue
    if [ "$major" -ge "$JAVA_MAJOR" ]; then printf '%s\n' "$at"; return 0; fi
    old="$old $at ($major)"
  done
  [ -z "$old" ] || say "Java $JAVA_MAJOR is needed; found only older ones:$old"
  return 1
}

# become_root: prints the words before a command that make it run as root, without a question; fails where there are none
become_root() {
  if [ "$(id -u)" = 0 ]; then echo "env DEBIAN_FRONTEND=noninteractive"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then echo "sudo -n env DEBIAN_FRONTEND=noninteractive"
  else return 1
  fi
}

# apt_get WHAT ARGUMENT...: as root
apt_get() {
  local log="$GRAFT_HOME/logs/apt.log" what=$1; shift
  # shellcheck disable=SC2046 # words, not one
  quietly "$log" "$what (log: $log)" $(become_root) apt-get "$@" || { tail -n 5 "$log" >&2; return 1; }
}

# apt_has PACKAGE: whether apt's lists have it; asks without root
apt_has() { [ -n "$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p')" ]; }

# apt_install PACKAGE...: installs them, or prints the command that would
apt_install() {
  local command="sudo apt-get update && sudo apt-get install -y $*"
  say "installing by apt: $*"
  apt_get "installing by apt" install -y --no-install-recommends "$@" || die "apt could not install them. Run it yourself, then run it again:
  $command"
}

no_jdk() {
  die "no JDK $JAVA_MAJOR was found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.jdks, ~/.jdk), and apt has none here.
  This puts one into ~/.jdk, where graft finds it:
    python3 -m pip install --target ~/.jdk/tool install-jdk==1.1.0 && PYTHONPATH=~/.jdk/tool python3 -c \"import jdk; jdk.install('$JAVA_MAJOR')\"
  Or install any JDK $JAVA_MAJOR and set JAVA_HOME to it."
}

# find_tools TOOL...: of mvn, g++, npm, python3, git, openssl, flock; the missing ones and the JDK are installed in one go
find_tools() {
  local missing=() tool jdk="" openjdk="openjdk-$JAVA_MAJOR-jdk-headless"
  for tool in "$@"; do
    case "$tool" in
      mvn) command -v mvn >/dev/null || missing+=(maven) ;;
      npm) command -v npm >/dev/null || missing+=(npm) ;;
      python3) python3 -m pip --version >/dev/null 2>&1 && python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-pip python3-venv) ;;
      flock) command -v flock >/dev/null || missing+=(util-linux) ;;
      *) command -v "$tool" >/dev/null || missing+=("$tool") ;;
    esac
  done
  jdk=$(find_jdk) || true
  if [ -n "$jdk" ] && [ ${#missing[@]} = 0 ]; then use_jdk "$jdk"; return; fi
  if ! command -v apt-get >/dev/null; then
    [ ${#missing[@]} = 0 ] || die "install these with this system's package manager, then run it again: ${missing[*]}"
    no_jdk
  fi
  if ! become_root >/dev/null; then
    [ -n "$jdk" ] || ! apt_has "$openjdk" || missing+=("$openjdk")
    [ ${#missing[@]} -gt 0 ] || no_jdk
    die "these are missing, and installing them needs root. Run this, then run it again:
  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  fi
  # A machine that is new has no lists, and then apt knows of nothing.
  apt_get "reading apt's lists" update || die "apt-get update failed: is the network there?"
  [ -n "$jdk" ] || ! apt_has "$openjdk" || missing+=("$openjdk")
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -n "$jdk" ] || jdk=$(find_jdk 2>/dev/null) || no_jdk
  use_jdk "$jdk"
}

use_jdk() { export JAVA_HOME="$1" PATH="$1/bin:$PATH"; }
