package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons of shell scripts that print what a guest would. */
@Timeout(60)
class ComparisonTest {
  private static final Workload BOOT = Workload.select("boot").getFirst();
  private static final Workload SORT = Workload.select("sort").getFirst();
  private static final Workload FORK = Workload.select("ret_from_fork").getFirst();
  private static final String UP = "echo 'Hourglass: userspace is up'\n";
  private static final String BEGIN = "echo 'hourglass-bench: begin'\n";
  private static final String END = "echo 'hourglass-bench: end 0'\n";

  @TempDir private Path folder;
  private Guests guests;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void makeGuest() throws IOException {
    final Path initrd = Files.write(folder.resolve("initrd"), new byte[4]);
    final Path kernel = folder.resolve("kernel");
    guests =
        new Guests(
            Optional.of(new Guest(kernel, Optional.of(initrd), "console=ttyS0", 256)),
            Optional.of(new Guest(folder.resolve("grain"), Optional.empty(), "", 256)),
            Map.of());
  }

  private Contender contender(String name, String script) throws IOException {
    final Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new Contender.Hourglass(name, file);
  }

  private Results compare(Workload workload, int runs, int timeout, Contender... contenders)
      throws InterruptedException {
    return new Comparison(
            guests, List.of(workload), List.of(contenders), runs, Duration.ofSeconds(timeout))
        .run(progress::add);
  }

  @Test
  void contendersTakeTurns() throws Exception {
    final Path log = folder.resolve("log");
    final Contender a = contender("a", "echo a >>" + log + "\n" + UP + BEGIN + "echo 7\n" + END);
    final Contender b = contender("b", "echo b >>" + log + "\n" + UP + BEGIN + "echo 7\n" + END);
    final Results results = compare(SORT, 2, 50, a, b);
    assertEquals(List.of("a", "b", "a", "b"), Files.readAllLines(log));
    assertEquals(List.of(), results.failures());
    assertEquals(2, results.samples(SORT, "a").size());
    assertEquals("7\n", results.samples(SORT, "b").getFirst().output());
    assertEquals(4, progress.size());
    assertTrue(progress.getLast().startsWith("4/4 seq 50000, sort -n, b: "), progress::getLast);
  }

  @Test
  void aBootEndsWithTheFirstLineOfUserspace() throws Exception {
    final Results results = compare(BOOT, 1, 50, contender("a", UP + "exec sleep 100\n"));
    final Sample sample = results.samples(BOOT, "a").getFirst();
    assertEquals(sample.bootSeconds(), sample.seconds());
  }

  @Test
  void aPathIsTakenByOurOwnKernel() throws Exception {
    final Path log = folder.resolve("log");
    final Contender a = contender("a", "echo \"$@\" >" + log + "\n" + BEGIN + END);
    final Results results = compare(FORK, 1, 50, a);
    assertEquals(List.of(), results.failures());
    assertEquals(1, results.samples(FORK, "a").size());
    assertEquals(
        "boot --engine a --memory 256M --no-reboot --kernel "
            + folder.resolve("grain")
            + " --append run=bench ret_from_fork 20000",
        Files.readString(log).strip());
  }

  @Test
  void aGuestThatEndsTooEarlyIsAFailure() throws Exception {
    final Results results = compare(SORT, 1, 50, contender("a", UP + BEGIN + "echo oops\n"));
    assertEquals(
        List.of("sort, a: the guest ended too early; its last line: oops"), results.failures());
  }

  @Test
  void commandsThatFailAreAFailure() throws Exception {
    final String fails = UP + BEGIN + "echo oops\necho 'hourglass-bench: end 2'\n";
    final Results results = compare(SORT, 1, 50, contender("a", fails));
    assertEquals(List.of("sort, a: the commands failed with status 2: oops"), results.failures());
  }

  @Test
  void aGuestThatDoesNotEndIsStopped() throws Exception {
    final Results results = compare(SORT, 1, 1, contender("a", UP + BEGIN + "exec sleep 100\n"));
    assertEquals(
        List.of("sort, a: no end after 1 s; its last line: hourglass-bench: begin"),
        results.failures());
  }

  @Test
  void aWrongResultIsAFailure() throws Exception {
    final Contender right = contender("right", UP + BEGIN + "echo 7\n" + END);
    final Contender wrong = contender("wrong", UP + BEGIN + "echo 8\n" + END);
    final Results results = compare(SORT, 1, 50, right, wrong);
    assertEquals(
        List.of("sort, wrong: its result is '8', but the first one was '7'"), results.failures());
    assertEquals(List.of(), results.samples(SORT, "wrong"));
  }
}
