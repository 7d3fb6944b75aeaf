package hourglass.runtime.boot;

/** Who unpacks the kernel that a bzImage carries compressed. */
public enum Decompressor {
  /** The loader, before the guest starts, where it can; otherwise the guest. */
  HOST,
  /** The decompressor in front of the kernel, as guest code. */
  GUEST
}
