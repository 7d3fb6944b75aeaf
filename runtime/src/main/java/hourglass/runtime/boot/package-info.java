/**
 * Boot protocols: Linux, ELF and Multiboot kernels put into memory.
 *
 * <p>Start with {@link hourglass.runtime.boot.Kernels}: it looks at a file's first bytes, checks
 * the file against the format they announce, and gives a {@link hourglass.runtime.boot.Bootable}
 * that a board installs on every start. Whatever is wrong with a file, or does not fit into the
 * board's RAM, is a {@link hourglass.runtime.boot.BootException} whose message is one line.
 *
 * <p>The formats:
 *
 * <ul>
 *   <li>{@link hourglass.runtime.boot.LinuxImage}: bzImage and zImage, entered by the 32-bit boot
 *       protocol, or, once the host has unpacked their {@link
 *       hourglass.runtime.boot.KernelPayload}, as their decompressor would;
 *   <li>{@link hourglass.runtime.boot.ElfKernel}: an i386 ELF {@code vmlinux}, entered with Linux
 *       boot parameters;
 *   <li>{@link hourglass.runtime.boot.MultibootKernel}: Multiboot 1, ELF or flat.
 * </ul>
 */
package hourglass.runtime.boot;
