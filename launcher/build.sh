# Builds what graft starts, when sources changed since it was built last. Read by graft, after tools.sh.
#
# help: usage: graft COMMAND      graft COMMAND --help tells each one's options
# help:
# help:   demo       the whole loop on real reviews        up, down, status, logs    the broker and the services
# help:   run        a template, once or over a file       apply                     templates from a file
# help:   model      the models that are there             adapters                  the adapters' registry
# help:   train      an adapter on a file of examples      jobs                      trainings: list, show, pause, cancel
# help:   bench      measurements beside peers             test                      every test
# help:   doctor     what this machine lacks               dlq, completion
# help:
# help: Not built yet: the first command finds or installs what it needs (JDK 25, Maven, g++, npm, Python, git), fetches llama.cpp, a model and review
# help: data into GRAFT_HOME (default ~/.graft), and builds. That takes a few minutes, once.
BUILD_STAMP=target/graft-build

# What was built: the commit's own files and what was changed or added beside them. Documents and tests don't count.
source_state() {
  if git -C "$root" rev-parse --git-dir >/dev/null 2>&1; then
    git -C "$root" ls-files -z --cached --others --exclude-standard -- '*pom.xml' '*/src/main/*' 'launcher/fetch.sh'
  else
    (cd "$root" && find . \( -name target -o -name .git \) -prune -o \( -name pom.xml -o -path '*/src/main/*' \) -type f -print0)
  fi | (cd "$root" && sort -z | xargs -0 sha256sum 2>/dev/null) | sha256sum | cut -d' ' -f1
}

# is_built: whether nothing is newer than the last build. Comparing times is enough to say yes, and takes milliseconds.
is_built() {
  [ -f "$root/$BUILD_STAMP" ] && [ -f "$root/cli/target/lib/.complete" ] || return 1
  if [ -z "$(find "$root" \( -name target -o -name .git -o -path '*/src/test' \) -prune -o \( -name pom.xml -o -path '*/src/main/*' \) -newer "$root/$BUILD_STAMP" -print -quit)" ]; then
    return 0
  fi
  [ "$(source_state)" = "$(cat "$root/$BUILD_STAMP")" ] || return 1
  touch "$root/$BUILD_STAMP"
}

build() {
  is_built && return
  need_disk "$root" 1500 "the build"
  need_disk "$GRAFT_HOME" 700 "what is fetched"
  find_tools mvn g++ npm python3 git openssl flock
  local log="$GRAFT_HOME/logs/build.log" state start=$SECONDS
  exec 8>"$GRAFT_HOME/build.lock"
  flock -n 8 || { say "another graft is building: waiting for it"; flock 8; }
  is_built && { exec 8>&-; return; }
  rm -f "$root/$BUILD_STAMP" "$root/cli/target/lib/.complete"
  state=$(source_state)
  "$root/launcher/fetch.sh"
  say "building (log: $log)"
  : >"$log"
  (cd "$root" && exec mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dgraft.home="$GRAFT_HOME" package) >"$log" 2>&1 </dev/null &
  local maven=$!
  trap 'kill "$maven" 2>/dev/null' EXIT
  trap 'exit 130' INT TERM
  follow_build "$log" "$maven"
  if ! wait "$maven"; then
    trap - INT TERM EXIT
    grep -m 12 -E '^\[ERROR\]' "$log" >&2 || tail -n 20 "$log" >&2
    if grep -q 'No space left on device' "$log"; then die "the disk is full: make room, then run it again"; fi
    if grep -qE 'Could not transfer artifact|Unknown host|Connection (refused|timed out|reset)' "$log"; then
      die "the build could not fetch what it needs: is the network there? Log: $log"
    fi
    die "the build failed; the whole log: $log"
  fi
  trap - INT TERM EXIT
  touch "$root/cli/target/lib/.complete"
  mkdir -p "$root/target"
  printf '%s\n' "$state" >"$root/$BUILD_STAMP"
  exec 8>&-
  say "built in $((SECONDS - start)) s"
}

# follow_build LOG PID: says which part is being built, as it goes
follow_build() {
  local shown="" line
  while kill -0 "$2" 2>/dev/null; do
    line=$(sed -n 's/^\[INFO\] Building \(Graft[^0-9]*\) .*\[\([0-9]*\)\/\([0-9]*\)\].*/\2 of \3: \1/p' "$1" | tail -n 1)
    if [ -n "$line" ] && [ "$line" != "$shown" ]; then
      shown=$line
      if [ -t 2 ]; then printf '\r\033[Kgraft: building %s' "$line" >&2; else say "building $line"; fi
    fi
    sleep 0.3
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}
