package hourglass.translator.dump;

import hourglass.translator.cpu.CpuState;

/** Mode keys in words. */
public final class Modes {
  private Modes() {}

  /** What code is translated under, such as {@code 32-bit code, 32-bit stack, user, flat}. */
  public static String describe(int modeKey) {
    final StringBuilder text = new StringBuilder();
    text.append(has(modeKey, CpuState.MODE_CODE32) ? "32-bit code, " : "16-bit code, ");
    text.append(has(modeKey, CpuState.MODE_STACK32) ? "32-bit stack, " : "16-bit stack, ");
    text.append(has(modeKey, CpuState.MODE_USER) ? "user, " : "supervisor, ");
    text.append(has(modeKey, CpuState.MODE_FLAT) ? "flat segments" : "segments checked");
    return text.toString();
  }

  private static boolean has(int modeKey, int bit) {
    return (modeKey & bit) != 0;
  }
}
