package hourglass.bench;

import static hourglass.bench.BenchMachine.ABSENT;
import static hourglass.bench.BenchMachine.EXIT_VECTOR;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.bench.BenchMachine.USER_CODE;
import static hourglass.bench.BenchMachine.USER_DATA;
import static hourglass.bench.BenchMachine.USER_STACK;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESP;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import hourglass.translator.cpu.GuestFault;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does a way into the guest's kernel and back cost? From ring 3, except the page fault. */
public class Trap extends GuestBenchmark {
  private static final int SYSTEM_CALL = 0x80;

  private int pageFault;
  private int interrupt;
  private int sysenter;

  @Override
  void load() {
    machine.handler(
        GuestFault.PAGE_FAULT,
        machine.load(
            new Assembler(machine.nextOrigin())
                .add(ESP, 4) // the error code
                .add(mem(ESP).as32(), 2) // past the MOV
                .add(EAX, 1)
                .iret()));
    pageFault = machine.loop(a -> a.mov(EAX, 0).mov(EBX, ABSENT), a -> a.mov(EDX, mem(EBX)));

    machine.handler(
        SYSTEM_CALL, machine.load(new Assembler(machine.nextOrigin()).add(EAX, 1).iret()));
    interrupt = userLoop(a -> a.intN(SYSTEM_CALL));

    // SYSEXIT returns to EDX with ECX as the stack.
    machine.systemCall(
        machine.load(
            new Assembler(machine.nextOrigin())
                .add(EAX, 1)
                .mov(ECX, USER_STACK)
                .mov(EDX, EBX)
                .sysexit()));
    sysenter = userLoop(a -> a.mov(EBX, Immediate.address("back")).sysenter().label("back"));
  }

  /** One system call. */
  private interface Call {
    void emit(Assembler a);
  }

  /** Goes to ring 3 and makes system calls there, counting in EBP. */
  private int userLoop(Call call) {
    final Assembler a = new Assembler(machine.nextOrigin());
    a.mov(EAX, 0)
        .mov(EBP, ROUNDS)
        .push(USER_DATA)
        .push(USER_STACK)
        .pushf()
        .push(USER_CODE)
        .push(Immediate.address("user"))
        .iret()
        .label("user");
    call.emit(a);
    return machine.load(a.dec(EBP).jcc(Condition.NE, "user").intN(EXIT_VECTOR));
  }

  /** A page fault whose handler skips the instruction. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int pageFault() {
    return machine.run(pageFault);
  }

  /** INT 80h and IRET. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int interrupt() {
    return machine.run(interrupt);
  }

  /** SYSENTER and SYSEXIT. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int sysenter() {
    return machine.run(sysenter);
  }
}
