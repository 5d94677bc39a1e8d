#!/usr/bin/env bash
# Builds all kernels with AddressSanitizer and UndefinedBehaviorSanitizer and runs each: see sanitized.cpp. Compiles only what changed since the last
# time. Needs native/lora built once, for oneDNN.
# usage: native/lora/src/test/cpp/sanitize.sh
set -euo pipefail
module="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
export onednn="$module/target/onednn/org/bytedeco/dnnl/linux-x86_64" main="$module/src/main/cpp"
opencl="$module/target/onednn/org/bytedeco/opencl/linux-x86_64"
out="$module/target/sanitizers"
mkdir -p "$out"

if ! echo 'int main() {}' | g++ -fsanitize=address,undefined -x c++ - -o "$out/probe"; then
  echo "g++ has no sanitizers here: they come with Debian's g++; else apt-get install libgcc-$(g++ -dumpversion)-dev (libasan, libubsan)" >&2
  exit 1
fi

compile() {
  g++ -std=c++17 -g1 -O1 -fopenmp-simd -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all -I"$main" -I"$onednn/include" -c "$1" -o "$2.partial"
  mv "$2.partial" "$2"
}
export -f compile
objects=()
for source in "$main"/*.cpp "$module/src/test/cpp/sanitized.cpp"; do
  object="$out/$(basename "$source" .cpp).o"
  objects+=("$object")
  [ -e "$object" ] && [ -z "$(find "$source" "$main"/*.h "${BASH_SOURCE[0]}" -newer "$object" -print -quit)" ] || printf '%s\0%s\0' "$source" "$object"
done > "$out/stale"
xargs -0 -r -n 2 -P "$(nproc)" bash -c 'compile "$1" "$2"' compile < "$out/stale"
g++ -fsanitize=address,undefined "${objects[@]}" -L"$onednn" -l:libdnnl.so.3 -l:libgomp.so.1 -Wl,-rpath-link,"$opencl" -pthread -o "$out/kernels"
# What oneDNN's compiler of kernels and OpenMP keep until the end is not a leak of ours.
export LD_LIBRARY_PATH="$onednn:$opencl" ASAN_OPTIONS=detect_leaks=0
rm -f "$out/numbers"
"$out/kernels" "$out/numbers"
# And with the products that oneDNN has for AVX2: the same numbers.
ONEDNN_MAX_CPU_ISA=AVX2 "$out/kernels" "$out/numbers" plain
