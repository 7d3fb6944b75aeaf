package hourglass.runtime.fuzz;

import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.runtime.board.Snapshot;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.interrupt.TripleFault;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Ram;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * One run of a program on one engine, in slices. Exceptions and interrupts lead to stubs that halt;
 * the run then notes what came, lets the guest skip the instruction that faulted, and has it return
 * from the exception by an IRET of its own.
 */
final class ProgramRun {
  private static final int MOST_INSTRUCTIONS = 3000;
  private static final int MOST_SLICES = 400;
  private static final int MOST_EXCEPTIONS = 60;
  private static final int LONGEST_SLICE = 200;
  private static final int PLAIN_SLICE = 100;
  private static final int INTERRUPT = 0x30;

  /** Where the IRET is that ends exceptions. */
  private static final int RETURN = GuestMachine.STUBS + 0x100;

  private static final int IRET = 0xCF;

  private final FuzzProgram program;
  private final GuestMachine machine;
  private final CpuState state;
  private final Engine engine;
  private final Random random;
  private final int codeBase;
  private final List<int[]> trace = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private int exceptions;
  private String end = "out of instructions";

  private ProgramRun(FuzzProgram program, Function<Processor, Engine> kind) {
    this.program = program;
    machine = program.setup().machine(program.paging());
    state = machine.state;
    random = new Random(program.sliceSeed());
    codeBase = program.setup().codeBase();
    final Random data = new Random(program.dataSeed());
    final byte[] code = program.bytes();
    if (program.dataSeed() != 0) {
      final byte[] bytes = new byte[Setup.DATA_BYTES];
      data.nextBytes(bytes);
      machine.bus.copyIn(GuestMachine.DATA, bytes, 0, bytes.length);
    }
    machine.bus.copyIn(codeBase + program.origin(), code, 0, code.length);
    machine.write(RETURN, IRET);
    for (int i = 0; i < 8; i++) {
      state.reg[i] = program.registers().get(i);
    }
    state.setEflags(program.eflags() | program.setup().eflags());
    state.cr0 |= CpuState.CR0_AM;
    state.cr4 |= CpuState.CR4_OSFXSR | CpuState.CR4_OSXMMEXCPT;
    state.updateMode();
    state.eip = program.origin();
    state.nextEip = state.eip;
    engine = kind.apply(machine.cpu);
  }

  /** Runs a program on an engine. */
  static ProgramRun of(FuzzProgram program, Function<Processor, Engine> engine) {
    final ProgramRun run = new ProgramRun(program, engine);
    run.run();
    return run;
  }

  /** The state after each slice, as {@link Snapshot} takes it. */
  List<int[]> trace() {
    return trace;
  }

  /** What came in the course of the run: exceptions and interrupts. */
  List<String> events() {
    return events;
  }

  /** Why the run ended. */
  String end() {
    return end;
  }

  /** RAM after the run. */
  Ram memory() {
    return machine.bus.ram();
  }

  private void run() {
    for (int slice = 0; slice < MOST_SLICES && state.instructions() < MOST_INSTRUCTIONS; slice++) {
      try {
        slice();
        trace.add(Snapshot.of(state));
        if (state.halted && !resume()) {
          return;
        }
      } catch (TripleFault shutDown) {
        end = "triple fault";
        trace.add(Snapshot.of(state));
        return;
      } catch (GuestFault fault) {
        end = "the stack of an exception is gone";
        return;
      } catch (RuntimeException | LinkageError bug) {
        end = "bug: " + bug;
        return;
      }
    }
  }

  private void slice() {
    final boolean plain = program.sliceSeed() == 0;
    if (!plain && random.nextInt(8) == 0 && !machine.interrupts.isPending()) {
      machine.interrupts.raise(INTERRUPT);
    }
    if (machine.cpu.interrupts.canTake()) {
      machine.cpu.interrupts.hardware(machine.interrupts.acknowledge());
    }
    final int length =
        plain
            ? PLAIN_SLICE
            : random.nextBoolean() ? 1 + random.nextInt(10) : 1 + random.nextInt(LONGEST_SLICE);
    state.beginSlice(length);
    engine.run();
  }

  // --- exceptions ------------------------------------------------------------------------------

  /** Goes on after a halt; false where that is the end. */
  private boolean resume() {
    final int vector = machine.stubReached();
    if (vector < 0 || vector == GuestMachine.EXIT_VECTOR) {
      end = "done";
      return false;
    }
    events.add(
        "exception %d at %x error %x cr2 %x after %d"
            .formatted(
                vector, machine.pushedEip(), machine.errorCode(), state.cr2, state.instructions()));
    if (++exceptions > MOST_EXCEPTIONS || vector == GuestFault.DOUBLE_FAULT) {
      end = "too many exceptions";
      return false;
    }
    if (state.isProtectedMode() && hasErrorCode(vector)) {
      pop(4);
    }
    if (isFault(vector)) {
      skipInstruction();
    }
    state.halted = false;
    state.eip = RETURN;
    state.nextEip = RETURN;
    return true;
  }

  private static boolean hasErrorCode(int vector) {
    return vector >= GuestFault.INVALID_TSS && vector <= GuestFault.PAGE_FAULT
        || vector == GuestFault.ALIGNMENT_CHECK;
  }

  /** Whether the exception pushes the address of its instruction, not of the one after it. */
  private static boolean isFault(int vector) {
    return switch (vector) {
      case GuestFault.DEBUG, GuestFault.NMI, GuestFault.BREAKPOINT, GuestFault.OVERFLOW -> false;
      default -> vector < INTERRUPT;
    };
  }

  private void skipInstruction() {
    final boolean wide = state.isProtectedMode();
    final int mask = wide ? -1 : 0xFFFF;
    final int eip = machine.stackSlot(0) & mask;
    final int at = codeBase + eip;
    final Ram ram = machine.bus.ram();
    int length = 1;
    if (at >= 0 && at < ram.size() - Decoder.MAX_LENGTH) {
      final byte[] code = ram.bytes(at, Decoder.MAX_LENGTH);
      length = Decoder.decode(code, 0, code.length, program.setup().code32).length;
    }
    final int next = machine.stackSlot(0) & ~mask | eip + Math.max(1, length) & mask;
    machine.memory.store32(stackAddress(), next, state.denyWrite);
  }

  private int stackAddress() {
    final Segment ss = state.segment[SS];
    return ss.base + (ss.isBig() ? state.reg[ESP] : state.reg[ESP] & 0xFFFF);
  }

  private void pop(int bytes) {
    final int mask = state.segment[SS].isBig() ? -1 : 0xFFFF;
    state.reg[ESP] = state.reg[ESP] & ~mask | state.reg[ESP] + bytes & mask;
  }
}
