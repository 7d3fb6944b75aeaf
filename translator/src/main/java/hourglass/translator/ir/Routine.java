package hourglass.translator.ir;

/** A static method that generated code calls, which may fault and has effects of its own. */
public interface Routine {
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

  /** What the method is given before its arguments. */
  Subject subject();

  /** Internal name of the class that has the method. */
  String owner();

  /** The method's name. */
  String method();

  /** The descriptor of the method, whose arguments after the subject are ints and booleans. */
  String descriptor();
}
