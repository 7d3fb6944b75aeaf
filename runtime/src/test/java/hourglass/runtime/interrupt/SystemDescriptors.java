package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.GDT;

import hourglass.runtime.testing.GuestMachine;

/** Writes what {@link GuestMachine} has no method for: call gates and task state segments. */
final class SystemDescriptors {
  // Access bytes: present, and the type; the DPL is in bits 5-6.
  static final int CALL_GATE16 = 0x84;
  static final int CALL_GATE32 = 0x8C;
  static final int TASK_GATE = 0x85;
  static final int TSS16 = 0x81;
  static final int TSS32 = 0x89;
  static final int LDT = 0x82;
  static final int DPL3 = 0x60;

  private SystemDescriptors() {}

  /** Writes a call or task gate into the GDT. */
  static void gate(
      GuestMachine machine, int selector, int access, int target, int offset, int parameters) {
    final int at = GDT + (selector & ~7);
    machine.write32(at, offset & 0xFFFF | target << 16);
    machine.write32(at + 4, offset & 0xFFFF_0000 | access << 8 | parameters);
  }
}
