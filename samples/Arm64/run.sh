#!/bin/bash
# Million instructions a call on Arm64, in total and by method, counted by QEMU's user mode: no Arm64 processor is needed.
#
#   samples/Arm64/run.sh [NETWORK ...]       V2_1_0_224 V2_0_5_160 V1_1_0_224 if none is named
#   CPUS="neoverse-n1 cortex-a72"            the processors: with dot products, and without
#   TYPES="Float32 Int8 UInt8"               the arithmetic
#   TOP=5                                    methods to show
#
# Packages of Debian 12 and Ubuntu 24.04: qemu-user, gcc, libc6-arm64-cross, libstdc++6-arm64-cross, libgcc-s1-arm64-cross.
# A program is run for one call and for two; what these differ by is a call, without start and compilation.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cc -O2 -Wall -shared -fPIC -o "$work/count.so" count.c
dotnet publish -v q --nologo -c Release -r linux-arm64 --self-contained -o "$work/program" Arm64.csproj >&2

# run CPU CALLS NAME: prints the instructions, and leaves those of each method.
run() {
    mkdir "$work/$2"
    # Methods are compiled once, fully; compiled code is written where it runs, as QEMU before 8.1 misses a change through another mapping.
    qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "$1" -E DOTNET_TieredCompilation=0 -E DOTNET_EnableWriteXorExecute=0 -E DOTNET_gcConcurrent=0 \
        -E DOTNET_PerfMapEnabled=3 -E DOTNET_PerfMapJitDumpPath="$work/$2" -plugin "$work/count.so,maps=$work/$2" "$work/program/Arm64" "$3" "$2" 2>&1 |
        sed -n 's/.*instructions //p'
}

for cpu in ${CPUS:-neoverse-n1 cortex-a72}; do
    for network in ${*:-V2_1_0_224 V2_0_5_160 V1_1_0_224}; do
        for type in ${TYPES:-Float32 Int8 UInt8}; do
            rm -rf "$work/1" "$work/2"
            one=$(run "$cpu" 1 "${type}_$network") two=$(run "$cpu" 2 "${type}_$network")
            awk -v one="$one" -v two="$two" -v what="$cpu $network $type" 'BEGIN { printf "%-36s %8.2f\n", what, (two - one) / 1e6 }'
            awk -F'\t' 'FNR == 1 { file++ } { sum[$2] += file == 2 ? $1 : -$1 } END { for (n in sum) printf "%10.2f  %s\n", sum[n] / 1e6, n }' "$work/1/methods" "$work/2/methods" |
                sort -rn | sed -E 's/\[[A-Za-z.]+\] ?//g; s/valuetype //g; s/MobileNetGen\.Runtime\.Kernels\.//g; s/\(.*//' | awk -v top="${TOP:-5}" 'NR <= top'
        done
    done
done
