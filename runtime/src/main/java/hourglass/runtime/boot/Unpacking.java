package hourglass.runtime.boot;

/**
 * How a compressed kernel was unpacked.
 *
 * @param by who did it
 * @param note for people: by the host, what it unpacked and how long that took; by the guest, why
 *     it was left to it
 */
public record Unpacking(Decompressor by, String note) {}
