/**
 * RAM, the physical address space, paging and the page map.
 *
 * <p>Start with {@link hourglass.runtime.memory.Mmu}: it supplies the slow path of {@link
 * hourglass.translator.cpu.GuestMemory}, which every guest access takes that the page map does not
 * allow at once. Beneath it lies {@link hourglass.runtime.memory.PhysicalBus}, where loaders and
 * devices reach memory without paging.
 */
package hourglass.runtime.memory;
