#!/bin/sh
# TorchSharp's native library names version GLIBCXX_3.4.32 (GCC 13) for a symbol that it never calls, and the loader of a system with an older
# libstdc++, such as Debian 12, refuses it for that alone. This marks the requirement as weak (VER_FLG_WEAK) in a built copy of the library.
#
#   sh weaken-library-version.sh libLibTorchSharp.so
set -eu

# An entry of .gnu.version_r begins with the ELF hash of the version's name; two bytes of flags follow.
at=$(LC_ALL=C grep -obUaP '\x42\xf8\x97\x02\x00\x00' "$1" | cut -d: -f1)
[ -z "$at" ] || printf '\002' | dd of="$1" bs=1 seek=$((at + 4)) conv=notrunc status=none
