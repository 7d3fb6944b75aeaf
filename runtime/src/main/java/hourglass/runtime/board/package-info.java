/**
 * The board: processor, memory and devices of a PC, and the loop that runs them.
 *
 * <p>Begin with {@link hourglass.runtime.board.Board}. It is made from {@link
 * hourglass.runtime.board.BoardOptions} and something to boot, runs on the thread that calls it,
 * and says with an {@link hourglass.runtime.board.Outcome} how the run ended. Other threads can
 * type on its serial port and stop it.
 */
package hourglass.runtime.board;
