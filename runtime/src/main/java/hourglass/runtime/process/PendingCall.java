package hourglass.runtime.process;

/**
 * A system call that has not returned.
 *
 * @param begun when it was made
 * @param text the call with its arguments, as they were then; empty where calls are not traced
 * @param returnEip where INT n would return to; 0 where the hardware does not know, after SYSENTER
 */
record PendingCall(Moment begun, int number, String text, int returnEip) {}
