/**
 * RAM, the physical address space, paging and the page map.
 */
package hourglass.runtime.memory;
