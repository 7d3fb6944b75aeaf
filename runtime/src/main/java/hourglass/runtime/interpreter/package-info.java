/**
 * The interpreter: one handler for every form of the instruction table.
 */
package hourglass.runtime.interpreter;
