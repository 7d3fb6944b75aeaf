package hourglass.runtime.debug;

/**
 * A named address of the guest.
 *
 * @param address linear address, unsigned
 */
public record Symbol(String name, int address) {}
