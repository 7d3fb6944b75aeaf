package hourglass.runtime.profile;

/** What the thread that runs a guest does. */
public enum Activity {
  /**
   * Regions, what leads from one to the next, and single instructions done for them on the spot.
   */
  TRANSLATED_CODE,
  /**
   * Everything else about guest code: the interpreter, decoding, delivering exceptions and
   * interrupts.
   */
  INTERPRETER,
  /** Filling and emptying the page map. */
  PAGE_MAP,
  /** Ports of devices, and timers. */
  DEVICES,
  /** Making regions where the guest waits for them, and installing those made elsewhere. */
  TRANSLATION,
  /** Waiting for an interrupt. */
  WAITING
}
