/**
 * The board: processor, memory and devices of a PC, and the loop that runs them.
 */
package hourglass.runtime.board;
