/**
 * Boot protocols: Linux, ELF and Multiboot kernels put into memory.
 */
package hourglass.runtime.boot;
