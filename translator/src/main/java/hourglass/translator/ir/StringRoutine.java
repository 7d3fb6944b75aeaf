package hourglass.translator.ir;

/** Methods of {@link hourglass.translator.cpu.RepeatedStrings} that generated code calls. */
public enum StringRoutine implements Routine {
  STORE("store"),
  MOVE("move");

  private final Target target;

  StringRoutine(String method) {
    target =
        Target.of(
            Subject.STATE_AND_MEMORY,
            "hourglass/translator/cpu/RepeatedStrings",
            method,
            "IIII",
            "V");
  }

  @Override
  public Target target() {
    return target;
  }
}
