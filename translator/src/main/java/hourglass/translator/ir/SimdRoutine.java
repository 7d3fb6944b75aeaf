package hourglass.translator.ir;

/** Methods of {@link hourglass.translator.cpu.sse.XmmOperations} that generated code calls. */
public enum SimdRoutine implements Routine {
  LOAD(Subject.STATE_AND_MEMORY, "load", "I", "V"),
  LOAD_ALIGNED(Subject.STATE_AND_MEMORY, "loadAligned", "I", "V"),
  STORE(Subject.STATE_AND_MEMORY, "store", "II", "V"),
  STORE_ALIGNED(Subject.STATE_AND_MEMORY, "storeAligned", "II", "V"),
  LOAD_QUADWORD(Subject.STATE_AND_MEMORY, "loadQuadword", "I", "V"),
  STORE_QUADWORD(Subject.STATE_AND_MEMORY, "storeQuadword", "II", "V"),
  MOVE(Subject.STATE, "move", "II", "V"),
  MOVE_LOW(Subject.STATE, "moveLow", "II", "V"),
  MOVE_QUADWORD(Subject.STATE, "moveQuadword", "II", "V"),
  SET_DOUBLEWORD(Subject.STATE, "setDoubleword", "II", "V"),
  DOUBLEWORD(Subject.STATE, "doubleword", "I", "I"),
  SIGNS_OF_BYTES(Subject.STATE, "signsOfBytes", "I", "I"),
  CHECK(Subject.STATE, "check", "", "V"),
  COMPARE_STRINGS(Subject.STATE, "compareStrings", "III", "I"),
  AND(Subject.STATE, "and", "II", "V"),
  AND_NOT(Subject.STATE, "andNot", "II", "V"),
  OR(Subject.STATE, "or", "II", "V"),
  XOR(Subject.STATE, "xor", "II", "V"),
  EQUAL_BYTES(Subject.STATE, "equalBytes", "II", "V"),
  EQUAL_DOUBLEWORDS(Subject.STATE, "equalDoublewords", "II", "V"),
  MINIMUM_UNSIGNED_BYTES(Subject.STATE, "minimumUnsignedBytes", "II", "V"),
  SUBTRACT_BYTES(Subject.STATE, "subtractBytes", "II", "V"),
  ADD_DOUBLEWORDS(Subject.STATE, "addDoublewords", "II", "V"),
  INTERLEAVE_BYTES(Subject.STATE, "interleaveBytes", "II", "V"),
  INTERLEAVE_WORDS(Subject.STATE, "interleaveWords", "II", "V"),
  SHUFFLE_BYTES(Subject.STATE, "shuffleBytes", "II", "V"),
  SHUFFLE_DOUBLEWORDS(Subject.STATE, "shuffleDoublewords", "III", "V"),
  ALIGN(Subject.STATE, "align", "III", "V");

  private final Target target;

  SimdRoutine(Subject subject, String method, String arguments, String result) {
    target =
        Target.of(subject, "hourglass/translator/cpu/sse/XmmOperations", method, arguments, result);
  }

  @Override
  public Target target() {
    return target;
  }
}
