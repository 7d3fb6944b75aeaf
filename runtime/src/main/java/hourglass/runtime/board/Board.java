package hourglass.runtime.board;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.device.A20Gate;
import hourglass.runtime.device.HostTimeline;
import hourglass.runtime.device.InterruptLine;
import hourglass.runtime.device.IoPorts;
import hourglass.runtime.device.KeyboardController;
import hourglass.runtime.device.MachineControl;
import hourglass.runtime.device.NumericError;
import hourglass.runtime.device.Pic;
import hourglass.runtime.device.Pit;
import hourglass.runtime.device.Rtc;
import hourglass.runtime.device.SystemPorts;
import hourglass.runtime.device.TimerQueue;
import hourglass.runtime.device.Uart;
import hourglass.runtime.device.VirtualTimeline;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.engine.Watcher;
import hourglass.runtime.interrupt.TripleFault;
import hourglass.runtime.memory.Mmu;
import hourglass.runtime.memory.PhysicalBus;
import hourglass.runtime.memory.PhysicalMemory;
import hourglass.runtime.profile.Activity;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.emit.Region;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * CPU, memory and devices of a PC, wired together.
 *
 * <p>A board runs on the thread that calls {@link #run}, once. It runs guest code in slices;
 * between two of them it lets the timers act that are due, hands the processor the interrupt that
 * is pending, and looks at what other threads want. On the virtual clock a slice ends exactly where
 * the next timer is due, so that interrupts come at the same instruction in every run.
 */
public final class Board implements Machine {
  private static final int[] SERIAL_PORTS = {0x3F8, 0x2F8, 0x3E8, 0x2E8};

  /** What the clock shows when a board on the virtual clock is switched on. */
  private static final LocalDateTime VIRTUAL_START = LocalDateTime.of(2024, 1, 1, 0, 0);

  /** An exception so many instructions ago may be why the guest has halted. */
  private static final long RECENT = 1_000_000;

  private final BoardOptions options;
  private final Bootable bootable;
  private final Statistics statistics = new Statistics();
  private final HostSignals host;

  private final CpuState state = new CpuState();
  private final PhysicalBus bus;
  private final Mmu memory;
  private final TimerQueue timeline;
  private final IoPorts ports = new IoPorts();
  private final A20Gate a20;
  private final Pic pic;
  private final Pit pit;
  private final Rtc rtc;
  private final Uart[] serial = new Uart[SERIAL_PORTS.length];
  private final KeyboardController keyboard;
  private final SystemPorts system;
  private final NumericError numericError;
  private final Processor cpu;
  private final Engine engine;
  private final Watcher watcher;

  private boolean resetRequested;
  private Optional<Outcome> exit = Optional.empty();

  /** Wires a board; it is not switched on. */
  public Board(BoardOptions options, Bootable bootable, Console console) {
    this(options, bootable, console, Watcher.NOBODY);
  }

  /** Wires a board whose processor tells a watcher what it does; it is not switched on. */
  public Board(BoardOptions options, Bootable bootable, Console console, Watcher watcher) {
    this(options, bootable, console, new HostSignals(), EngineMaker.of(options), watcher);
  }

  /**
   * Wires a board that an engine of any kind runs on, or that shares its host with another one.
   *
   * @param host what {@link #stop} and {@link #sendInput} tell
   */
  Board(
      BoardOptions options,
      Bootable bootable,
      Console console,
      HostSignals host,
      EngineMaker engineMaker) {
    this(options, bootable, console, host, engineMaker, Watcher.NOBODY);
  }

  private Board(
      BoardOptions options,
      Bootable bootable,
      Console console,
      HostSignals host,
      EngineMaker engineMaker,
      Watcher watcher) {
    this.options = options;
    this.watcher = watcher;
    this.bootable = bootable;
    this.host = host;
    bus = new PhysicalBus(Math.toIntExact(options.memoryBytes()));
    memory = new Mmu(state, bus);
    final boolean virtual = options.clock() == BoardOptions.ClockKind.VIRTUAL;
    timeline = virtual ? new VirtualTimeline(state) : new HostTimeline(state);
    a20 = new A20Gate(bus::setA20);
    pic = new Pic(state::endSlice);
    pit = new Pit(timeline, pic.line(0));
    rtc =
        new Rtc(
            timeline,
            pic.line(8),
            virtual ? VIRTUAL_START : LocalDateTime.now(ZoneOffset.UTC),
            options.memoryBytes());
    final InterruptLine[] irq4 = pic.line(4).share(2);
    final InterruptLine[] irq3 = pic.line(3).share(2);
    serial[0] = new Uart(timeline, irq4[0], console::output);
    serial[1] = Uart.unconnected(timeline, irq3[0]);
    serial[2] = Uart.unconnected(timeline, irq4[1]);
    serial[3] = Uart.unconnected(timeline, irq3[1]);
    final MachineControl control = new Control();
    keyboard = new KeyboardController(pic.line(1), pic.line(12), a20, control);
    system = new SystemPorts(timeline, pit, a20, control);
    numericError = new NumericError(state.fpu, pic.line(13));
    attachPorts();
    cpu = new Processor(options.cpu(), state, memory, ports, timeline, pic, watcher);
    engine = engineMaker.make(cpu, statistics);
    watcher.attach(new Watcher.Machine(state, bus, timeline, engine));
  }

  private void attachPorts() {
    pic.attach(ports);
    pit.attach(ports);
    rtc.attach(ports);
    keyboard.attach(ports);
    system.attach(ports);
    numericError.attach(ports);
    for (int i = 0; i < serial.length; i++) {
      serial[i].attach(ports, SERIAL_PORTS[i]);
    }
  }

  @Override
  public Outcome run() throws BootException {
    host.attach();
    switchOn();
    while (true) {
      if (host.take(this::type)) {
        return new Outcome.Stopped();
      }
      host.setUntaken(untakenInput());
      final Optional<Outcome> end = turn(Integer.MAX_VALUE);
      if (end.isPresent()) {
        return end.get();
      }
    }
  }

  /** Switches the board on. */
  void switchOn() throws BootException {
    reset();
  }

  /**
   * Lets the timers act that are due, takes an interrupt where one is pending, and runs a slice.
   *
   * @param most the longest slice, in instructions
   * @return how the run has ended; nothing as long as it goes on
   */
  Optional<Outcome> turn(int most) throws BootException {
    try {
      advance(most);
    } catch (TripleFault e) {
      if (!options.rebootOnReset()) {
        return Optional.of(new Outcome.Shutdown(MachineReport.of(state, memory)));
      }
      resetRequested = true;
    }
    if (exit.isPresent()) {
      return exit;
    }
    if (resetRequested) {
      if (!options.rebootOnReset()) {
        return Optional.of(new Outcome.Reset());
      }
      reset();
    }
    return Optional.empty();
  }

  /** Types a byte on the first serial port's terminal, on the thread that runs the board. */
  void type(int b) {
    serial[0].receive(b);
  }

  /** How many of the bytes typed the guest has not taken. */
  int untakenInput() {
    return serial[0].untaken();
  }

  /** The processor, to be looked at between two turns. */
  CpuState processor() {
    return state;
  }

  /** Guest time in nanoseconds. */
  long now() {
    return timeline.now();
  }

  @Override
  public void stop() {
    host.stop();
  }

  @Override
  public void sendInput(byte[] bytes, int offset, int length) {
    host.send(bytes, offset, length);
  }

  @Override
  public boolean hasRoomForInput() {
    return host.hasRoomForInput();
  }

  @Override
  public void call(Runnable action) {
    host.call(action);
  }

  @Override
  public Statistics statistics() {
    engine.updateStatistics();
    return statistics;
  }

  @Override
  public Optional<Activity> activity() {
    return Optional.of(
        switch (state.busyWith) {
          case CpuState.BUSY_WITH_PAGE_MAP -> Activity.PAGE_MAP;
          case CpuState.BUSY_WITH_DEVICES -> Activity.DEVICES;
          case CpuState.BUSY_WITH_TRANSLATION -> Activity.TRANSLATION;
          case CpuState.BUSY_WITH_NOTHING -> Activity.WAITING;
          default -> state.inRegion ? Activity.TRANSLATED_CODE : Activity.INTERPRETER;
        });
  }

  @Override
  public List<Region> regions() {
    return engine.regions();
  }

  @Override
  public PhysicalMemory memory() {
    return bus;
  }

  @Override
  public String describeProcessor() {
    return MachineReport.of(state, memory);
  }

  /** The instruction at CS:EIP, one line. */
  String describeInstruction() {
    return MachineReport.instruction(state, memory);
  }

  private void advance(int most) {
    state.busyWith = CpuState.BUSY_WITH_DEVICES;
    timeline.runDue();
    state.busyWith = CpuState.BUSY_WITH_CODE;
    if (cpu.interrupts.canTake()) {
      statistics.hardwareInterrupts++;
      cpu.interrupts.hardware(pic.acknowledge());
    }
    if (state.halted) {
      state.busyWith = CpuState.BUSY_WITH_NOTHING;
      idle();
      state.busyWith = CpuState.BUSY_WITH_CODE;
    } else {
      state.beginSlice(state.interruptShadow ? 1 : Math.min(most, timeline.sliceLength()));
      engine.run();
      numericError.update();
    }
  }

  /**
   * Waits for what ends HLT. With interrupts disabled nothing does: there is no source of an NMI,
   * and what resets a machine is something that its processor writes.
   */
  private void idle() {
    if ((state.systemFlags & Flags.IF) == 0) {
      exit =
          Optional.of(
              new Outcome.Halted(
                  MachineReport.halted(state, memory),
                  cpu.interrupts
                      .lastRaised()
                      .filter(e -> state.instructions() - e.executed() <= RECENT)
                      .map(e -> MachineReport.raised(e, options.cpu(), state, memory))));
      return;
    }
    final long nanos = timeline.idle();
    if (nanos > 0) {
      host.await(nanos);
      timeline.woken();
    }
  }

  private void reset() throws BootException {
    resetRequested = false;
    pic.reset();
    pit.reset();
    rtc.reset();
    for (Uart port : serial) {
      port.reset();
    }
    keyboard.reset();
    system.reset();
    numericError.reset();
    a20.set(true);
    state.reset();
    cpu.interrupts.reset();
    watcher.reset();
    state.reg[CpuState.EDX] = options.cpu().signature();
    bootable.install(bus, state);
    state.updateMode();
    memory.flushAll();
  }

  /** Ends the slice, so that what a chip asks for happens before the next instruction. */
  private final class Control implements MachineControl {
    @Override
    public void reset() {
      resetRequested = true;
      state.endSlice();
    }

    @Override
    public void exit(int value) {
      exit = Optional.of(new Outcome.DebugExit(value));
      state.endSlice();
    }
  }
}
