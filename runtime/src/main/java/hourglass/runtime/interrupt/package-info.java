/** Protection: delivery through the IDT, segment loads, far transfers and task switches. */
package hourglass.runtime.interrupt;
