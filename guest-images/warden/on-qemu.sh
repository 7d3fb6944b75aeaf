#!/bin/sh
# Runs warden.elf on QEMU without an accelerator and prints what did not pass: ./on-qemu.sh [CPU [WORDS]]
cd "$(dirname "$0")"
timeout 60 qemu-system-i386 -accel tcg -cpu "${1:-max}" -m 64 -display none -monitor none -nic none \
  -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel warden.elf \
  -append "${2:-}" </dev/null | tr -d '\r' | grep -v '^ok '
