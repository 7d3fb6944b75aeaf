/**
 * The board's chips, one class each, and the two buses and the timeline they live on.
 */
package hourglass.runtime.device;
