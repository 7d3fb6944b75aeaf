package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.CR4;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.MM0;
import static hourglass.translator.asm.Register.XMM0;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.CpuModel;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A processor that lacks something refuses it, and does not speak of it. */
class CpuModelTest {
  private static GuestMachine machine(CpuModel model, Consumer<Assembler> body) {
    final GuestMachine machine = GuestMachine.protected32(model);
    machine.state.cr4 |= CpuState.CR4_OSFXSR;
    final Assembler code = new Assembler(CODE);
    body.accept(code);
    return machine.load(code.hlt());
  }

  private static void refuses(TestEngine engine, CpuModel model, Consumer<Assembler> body) {
    machine(model, body).runToException(engine, GuestFault.INVALID_OPCODE);
  }

  @ParameterizedTest
  @EnumSource
  void instructionsThatCameLaterAreInvalid(TestEngine engine) {
    refuses(engine, CpuModel.I486, asm -> asm.db(0x0F, 0x44, 0xC1)); // CMOVE
    refuses(engine, CpuModel.I486, asm -> asm.db(0x0F, 0x31)); // RDTSC
    refuses(engine, CpuModel.I486, asm -> asm.db(0x0F, 0x1F, 0x00)); // NOP
    refuses(engine, CpuModel.PENTIUM, asm -> asm.simd("movd", MM0, EAX));
    refuses(engine, CpuModel.PENTIUM, asm -> asm.fxsave(mem(DATA)));
    refuses(engine, CpuModel.PENTIUM3, asm -> asm.simd("paddd", XMM0, XMM0));
    refuses(engine, CpuModel.PENTIUM3, asm -> asm.simd("mfence"));
    refuses(engine, CpuModel.PENTIUM4, asm -> asm.simd("haddps", XMM0, XMM0));
    refuses(engine, CpuModel.PENTIUM4, asm -> asm.simd("popcnt", EAX, ECX));
  }

  @ParameterizedTest
  @EnumSource
  void whatAModelHasItRuns(TestEngine engine) {
    machine(CpuModel.I486, asm -> asm.mov(EBX, 0x1234_5678).bswap(EBX))
        .run(engine)
        .assertReg(EBX, 0x7856_3412);
    machine(CpuModel.PENTIUM3, asm -> asm.simd("xorps", XMM0, XMM0)).run(engine);
    machine(CpuModel.PENTIUM4, asm -> asm.simd("pxor", XMM0, XMM0).simd("lfence")).run(engine);
  }

  @ParameterizedTest
  @EnumSource
  void cpuidTellsWhatThereIs(TestEngine engine) {
    machine(CpuModel.I486, asm -> asm.mov(EAX, 1).cpuid())
        .run(engine)
        .assertReg(EAX, 0x480)
        .assertReg(ECX, 0)
        .assertReg(EDX, 1);
    machine(CpuModel.PENTIUM, asm -> asm.mov(EAX, 1).cpuid()).run(engine).assertReg(EDX, 0x13F);
    machine(CpuModel.PENTIUM3, asm -> asm.mov(EAX, 1).cpuid())
        .run(engine)
        .assertReg(EDX, 0x0380_A97F);
    machine(CpuModel.PENTIUM4, asm -> asm.mov(EAX, 1).cpuid())
        .run(engine)
        .assertReg(EAX, 0xF29)
        .assertReg(ECX, 0)
        .assertReg(EDX, 0x0788_A97F);
  }

  @ParameterizedTest
  @EnumSource
  void bitsAndRegistersOfLaterModelsAreRefused(TestEngine engine) {
    machine(CpuModel.PENTIUM, asm -> asm.mov(EAX, CpuState.CR4_PAE).mov(CR4, EAX))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
    machine(CpuModel.PENTIUM, asm -> asm.mov(ECX, 0x174).rdmsr())
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
    machine(CpuModel.PENTIUM4, asm -> asm.mov(ECX, 0xC000_0080).rdmsr())
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
  }
}
