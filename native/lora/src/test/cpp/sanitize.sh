#!/usr/bin/env bash
# Builds all kernels with AddressSanitizer and UndefinedBehaviorSanitizer and runs each: see sanitized.cpp. Needs native/lora built once, for oneDNN.
# usage: native/lora/src/test/cpp/sanitize.sh
set -euo pipefail
module="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
onednn="$module/target/onednn/org/bytedeco/dnnl/linux-x86_64"
opencl="$module/target/onednn/org/bytedeco/opencl/linux-x86_64"
out="$module/target/sanitized"
g++ -std=c++17 -g -O1 -fopenmp-simd -DGRAFT_PLAIN -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all \
  -I"$module/src/main/cpp" -I"$onednn/include" "$module"/src/main/cpp/*.cpp "$module/src/test/cpp/sanitized.cpp" \
  -L"$onednn" -l:libdnnl.so.3 -l:libgomp.so.1 -Wl,-rpath-link,"$opencl" -pthread -o "$out"
# What oneDNN's compiler of kernels and OpenMP keep until the end is not a leak of ours.
LD_LIBRARY_PATH="$onednn:$opencl" ASAN_OPTIONS=detect_leaks=0 "$out"
