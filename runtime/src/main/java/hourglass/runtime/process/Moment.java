package hourglass.runtime.process;

/**
 * A point of a run.
 *
 * @param nanos guest time since the board was switched on
 * @param instructions guest instructions executed until then
 */
public record Moment(long nanos, long instructions) {}
