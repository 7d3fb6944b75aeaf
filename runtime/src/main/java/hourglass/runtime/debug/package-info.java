/**
 * Looking at a running guest: which symbol an address belongs to.
 *
 * <p>A {@link hourglass.runtime.debug.SymbolTable} is read from a {@code System.map} ({@link
 * hourglass.runtime.debug.SystemMap}), from an ELF file, or out of a running Linux kernel's own
 * tables in guest memory ({@link hourglass.runtime.debug.Kallsyms}), which every distribution's
 * kernel has.
 */
package hourglass.runtime.debug;
