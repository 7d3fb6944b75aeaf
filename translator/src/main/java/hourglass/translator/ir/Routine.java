package hourglass.translator.ir;

/** A static method that generated code calls, which may fault and has effects of its own. */
public sealed interface Routine permits X87Routine, SimdRoutine, StringRoutine {
  /** What a method is given before its arguments. */
  enum Subject {
    /** The processor's state. */
    STATE("Lhourglass/translator/cpu/CpuState;"),
    /** The processor's state, and memory. */
    STATE_AND_MEMORY(STATE.descriptor + "Lhourglass/translator/cpu/GuestMemory;"),
    /** The x87 unit. */
    UNIT("Lhourglass/translator/cpu/x87/X87State;");

    private final String descriptor;

    Subject(String descriptor) {
      this.descriptor = descriptor;
    }

    /** How it stands in the method's descriptor. */
    public String descriptor() {
      return descriptor;
    }
  }

  /**
   * What a call names.
   *
   * @param subject what the method is given before its arguments
   * @param owner internal name of the class that has the method
   * @param method its name
   * @param descriptor its descriptor; arguments after the subject are ints and booleans
   */
  record Target(Subject subject, String owner, String method, String descriptor) {
    static Target of(
        Subject subject, String owner, String method, String arguments, String result) {
      return new Target(
          subject, owner, method, "(" + subject.descriptor + arguments + ")" + result);
    }
  }

  /** The method. */
  Target target();
}
