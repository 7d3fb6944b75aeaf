// Boots a kernel in v86, with its first serial port on standard output.
// Arguments: the folder of the npm package v86, BIOS, VGA BIOS, kernel, initrd, command line, MiB of memory. A kernel
// without an initrd is a Multiboot one.
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [v86, bios, vgaBios, kernel, initrd, cmdline, mebibytes] = process.argv.slice(2);
const { V86 } = await import(pathToFileURL(`${v86}/build/libv86.mjs`));

function image(path) {
  const file = readFileSync(path);
  return { buffer: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) };
}

const machine = new V86({
  wasm_path: `${v86}/build/v86.wasm`,
  bios: image(bios),
  vga_bios: image(vgaBios),
  ...(initrd ? { bzimage: image(kernel), initrd: image(initrd) } : { multiboot: image(kernel) }),
  cmdline,
  memory_size: mebibytes << 20,
  disable_speaker: true,
  autostart: true,
});
machine.add_listener("serial0-output-byte", byte => writeSync(1, Uint8Array.of(byte)));
