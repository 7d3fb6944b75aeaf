package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsoleWriterTest {
  @Test
  void writesEveryByteInOrder() {
    final ByteArrayOutputStream target = new ByteArrayOutputStream();
    final byte[] bytes = new byte[300_000];
    try (ConsoleWriter writer = new ConsoleWriter(target, () -> {})) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i * 31 >> 3);
        writer.write(bytes[i]);
      }
    }
    assertArrayEquals(bytes, target.toByteArray());
  }

  @Test
  void writesWithoutWaitingForMore() throws InterruptedException {
    final CountDownLatch written = new CountDownLatch(1);
    final OutputStream target =
        new OutputStream() {
          @Override
          public void write(int b) {
            written.countDown();
          }
        };
    try (ConsoleWriter writer = new ConsoleWriter(target, () -> {})) {
      writer.write((byte) '$');
      written.await(); // the writer is still open
    }
  }

  @Test
  void saysOnceThatTheTargetFailedAndTakesTheRest() {
    final OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    final AtomicInteger failures = new AtomicInteger();
    try (ConsoleWriter writer = new ConsoleWriter(broken, failures::incrementAndGet)) {
      for (int i = 0; i < 200_000; i++) {
        writer.write((byte) 'x');
      }
    }
    assertEquals(1, failures.get());
  }
}
