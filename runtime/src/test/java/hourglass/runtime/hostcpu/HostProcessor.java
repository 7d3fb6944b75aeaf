package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.GuestFault;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** The host's own processor, through a small native program: {@code src/test/native/execute.c}. */
final class HostProcessor implements AutoCloseable {
  private static final Path SOURCE = Path.of("src", "test", "native", "execute.c");
  private static final int REQUEST_BYTES = 16 + 4 + 4 + 32 + 4 + 64 + 128 + Layout.MEMORY_BYTES;
  private static final int RESPONSE_BYTES = 16 + 4 + 32 + 4 + 28 + 80 + 128 + Layout.MEMORY_BYTES;

  private final Process process;
  private final OutputStream requests;
  private final DataInputStream responses;
  private final ByteBuffer request =
      ByteBuffer.allocate(REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private HostProcessor(Process process) {
    this.process = process;
    requests = process.getOutputStream();
    responses = new DataInputStream(process.getInputStream());
  }

  /** Whether there is a compiler for 32-bit programs, and programs made by it run here. */
  static boolean isPresent() throws IOException, InterruptedException {
    try (HostProcessor host = start()) {
      host.run(new Input(new byte[] {(byte) 0x90}, 0), new Outcome());
      return true;
    } catch (IOException noCompilerOrProgram) {
      return false;
    }
  }

  /**
   * Builds and starts the native program.
   *
   * @throws IOException where there is no compiler, or not for 32-bit programs
   */
  static HostProcessor start() throws IOException, InterruptedException {
    final Path folder = Files.createTempDirectory("hourglass-host");
    final Path program = folder.resolve("execute");
    try {
      final Process compiler =
          new ProcessBuilder(
                  "gcc",
                  "-m32",
                  "-O2",
                  "-nostdlib",
                  "-static",
                  "-fno-stack-protector",
                  "-fno-pie",
                  "-no-pie",
                  "-mgeneral-regs-only",
                  "-o",
                  program.toString(),
                  SOURCE.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (compiler.waitFor() != 0) {
        throw new IOException("gcc -m32 cannot build " + SOURCE);
      }
      return new HostProcessor(new ProcessBuilder(program.toString()).start());
    } finally {
      Files.deleteIfExists(program);
      Files.deleteIfExists(folder);
    }
  }

  /** Runs an instruction. */
  void run(Input input, Outcome outcome) throws IOException {
    final Outcome before = input.before;
    request.clear();
    final byte[] code = Arrays.copyOf(input.code, Layout.CODE_BYTES);
    Arrays.fill(code, input.code.length, code.length, (byte) 0xCC);
    request.put(code).putInt(input.segmented ? 1 : 0).putInt(before.flags);
    for (int register : before.registers) {
      request.putInt(register);
    }
    request.putInt(before.mxcsr);
    for (long value : before.mmx) {
      request.putLong(value);
    }
    for (long value : before.xmm) {
      request.putLong(value);
    }
    request.put(before.memory);
    requests.write(request.array());
    requests.flush();
    read(outcome);
  }

  private void read(Outcome outcome) throws IOException {
    final byte[] bytes = new byte[RESPONSE_BYTES];
    responses.readFully(bytes);
    final ByteBuffer response = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    outcome.vector = response.getInt();
    final boolean pageFault = outcome.vector == GuestFault.PAGE_FAULT;
    final int error = response.getInt();
    final int address = response.getInt();
    outcome.error = pageFault ? error : 0;
    outcome.address = pageFault ? address : 0;
    outcome.eip = response.getInt();
    outcome.flags = response.getInt();
    for (int i = 0; i < 8; i++) {
      outcome.registers[i] = response.getInt();
    }
    outcome.mxcsr = response.getInt();
    response.getInt();
    outcome.x87Status = response.getShort();
    response.getShort();
    outcome.x87Tags = response.getShort() & 0xFFFF;
    response.position(response.position() + 18);
    for (int i = 0; i < 8; i++) {
      outcome.mmx[i] = response.getLong();
      outcome.exponents[i] = response.getShort() & 0xFFFF;
    }
    for (int i = 0; i < outcome.xmm.length; i++) {
      outcome.xmm[i] = response.getLong();
    }
    response.get(outcome.memory);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    requests.close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
