/**
 * Whole guests that were made for real machines: what they print and draw shows that the board and
 * both engines are one.
 */
package hourglass.runtime.guests;
