package hourglass.runtime.process;

import hourglass.runtime.engine.Watcher.Machine;
import hourglass.translator.cpu.CpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * System calls as the hardware shows them: INT 80h and SYSENTER, and the return to user mode with
 * the same stack pointer, that SYSENTER's caller leaves in EBP. A return with another stack pointer
 * is not the call's: a signal handler runs first, or the stack is another program's.
 */
final class SystemCalls {
  private static final int INT_80H = 0x80CD;
  private static final int SHORT_JUMP = 0xEB;

  private final CpuState state;
  private final GuestView view;
  private final ProcessList processes;
  private final Tracer tracer;
  private final SystemCallNames names = SystemCallNames.linux();

  /** Whether numbers have Linux's meaning. */
  private boolean named;

  SystemCalls(Machine machine, GuestView view, ProcessList processes, Tracer tracer) {
    state = machine.state();
    this.view = view;
    this.processes = processes;
    this.tracer = tracer;
  }

  /** The kernel has the symbols of one with Linux's system calls. */
  void useNames() {
    named = true;
  }

  String name(int number) {
    return named ? names.name(number) : "call " + number;
  }

  /**
   * A call by INT 80h; the general registers are still the caller's, but for ESP.
   *
   * @param user whether a program made it, and not the kernel
   */
  void made(boolean user, int esp, int returnEip) {
    final PendingCall call = begin(state.reg[CpuState.EBP], returnEip);
    if (user) {
      await(call, esp);
    } else {
      finish(processes.current(), call, "from the kernel");
    }
  }

  /** A call by SYSENTER; its sixth argument and EBP lie on the caller's stack. */
  void madeFast() {
    final int ebp = state.reg[CpuState.EBP];
    await(begin(view.word(ebp).orElse(0), 0), ebp);
  }

  private PendingCall begin(int sixth, int returnEip) {
    final int number = state.reg[CpuState.EAX];
    processes.current().systemCalls.merge(number, 1L, Long::sum);
    String text = "";
    if (tracer.wants(TraceKind.SYSCALL)) {
      final int[] arguments = {
        state.reg[CpuState.EBX],
        state.reg[CpuState.ECX],
        state.reg[CpuState.EDX],
        state.reg[CpuState.ESI],
        state.reg[CpuState.EDI],
        sixth
      };
      text =
          named
              ? names.describe(number, arguments, view)
              : SystemCallNames.plain(name(number), arguments);
    }
    return new PendingCall(processes.now(), number, text, returnEip);
  }

  private void await(PendingCall call, int esp) {
    final PendingCall lost = processes.current().pendingCalls.put(esp, call);
    if (lost != null) {
      finish(processes.current(), lost, "= ?");
    }
  }

  /**
   * The processor has returned to user mode.
   *
   * @param single whether processes are told apart one by one, so that a pending call that this
   *     return does not belong to has no result any more
   */
  void returned(boolean single) {
    final GuestProcess process = processes.current();
    if (process.pendingCalls.isEmpty()) {
      return;
    }
    final PendingCall call = process.pendingCalls.remove(state.reg[CpuState.ESP]);
    if (call != null) {
      finish(process, call, outcome(call));
    } else if (single) {
      abandon(process, "= ?");
    }
  }

  /** A process's pending calls will not return. */
  void abandon(GuestProcess process, String outcome) {
    final List<PendingCall> calls = new ArrayList<>(process.pendingCalls.values());
    process.pendingCalls.clear();
    calls.forEach(call -> finish(process, call, outcome));
  }

  private String outcome(PendingCall call) {
    final int result = state.reg[CpuState.EAX];
    if (result == call.number() && restarts(call)) {
      return "restarts";
    }
    return "= " + (named ? names.result(call.number(), result) : String.valueOf(result));
  }

  /** Whether the program goes on where it makes the same call again. */
  private boolean restarts(PendingCall call) {
    if (call.returnEip() != 0) {
      return state.nextEip == call.returnEip() - 2;
    }
    final OptionalInt code = view.word(state.nextEip);
    return code.isPresent()
        && ((code.getAsInt() & 0xFFFF) == INT_80H || (code.getAsInt() & 0xFF) == SHORT_JUMP);
  }

  private void finish(GuestProcess process, PendingCall call, String outcome) {
    if (tracer.wants(TraceKind.SYSCALL)) {
      tracer.trace(
          new TraceEvent.SystemCall(
              processes.now(),
              process,
              call.begun(),
              name(call.number()),
              call.text() + " " + outcome));
    }
  }
}
