# How the launcher speaks, and waits. Read by its other scripts.
say() { printf 'graft: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# quietly LOG WHAT COMMAND...: runs it with its output in LOG and gives its code; meanwhile one sees that time passes. Its process is $quiet_pid: Ctrl-C
# does not reach what a script runs beside itself.
quiet_pid=""
quietly() {
  local log=$1 what=$2 pid code=0 begun=$SECONDS told=$SECONDS; shift 2
  "$@" >"$log" 2>&1 </dev/null 8>&- 9>&- &
  pid=$! quiet_pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then printf '\r\033[Kgraft: %s … %s s' "$what" "$((SECONDS - begun))" >&2
    elif [ $((SECONDS - told)) -ge 10 ]; then told=$SECONDS; say "$what … $((SECONDS - begun)) s"
    fi
    sleep 0.3
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  wait "$pid" || code=$?
  quiet_pid=""
  return "$code"
}

# need_disk FOLDER MEGABYTES WHAT
need_disk() {
  local free; free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$2" ] || die "the disk of $1 has $free MB free, and $3 needs $2 MB: make room, or set GRAFT_HOME to a folder on another disk"
}
