package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives the real client on a repository in a folder. */
final class PackageClientTest {
  @TempDir Path folder;
  private Path repository;
  private byte[] archive;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void makeRepository() throws Exception {
    final boolean there = Files.isExecutable(Path.of("/usr/bin/apt-get"));
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(there, "Debian's package client is missing");
    }
    assumeTrue(there, "this host has no Debian package client");
    repository = Files.createDirectory(folder.resolve("repository"));
    final String control =
        """
        Package: hourglass-test
        Version: 2:1.0-1
        Architecture: i386
        Maintainer: Nobody <nobody@localhost>
        Description: A test
        """;
    archive = new DebBuilder().control(control).file("./boot/kernel", "kernel").build();
    Files.write(repository.resolve("hourglass-test.deb"), archive);
    publish(control, Sha256.of(archive));
  }

  private void publish(String control, String digest) throws IOException {
    Files.writeString(
        repository.resolve("Packages"),
        control
            + "Filename: ./hourglass-test.deb\nSize: "
            + archive.length
            + "\nSHA256: "
            + digest
            + "\n");
  }

  private PackageClient client() throws Exception {
    final Path sources = folder.resolve("sources.list");
    Files.writeString(sources, "deb [trusted=yes] file:" + repository + " ./\n");
    return new PackageClient(
        folder,
        progress::add,
        List.of(
            PackageClient.setting("Dir::Etc::sourcelist", sources),
            PackageClient.setting("Dir::Etc::sourceparts", folder.resolve("none"))));
  }

  @Test
  void findsAndDownloadsAPackage() throws Exception {
    final PackageClient client = client();
    client.update();
    final PackageRecord record = client.find("hourglass-test");
    assertEquals("2:1.0-1", record.version());
    final Path deb = client.download(record);
    record.verify(deb);
    assertArrayEquals(archive, Files.readAllBytes(deb));
  }

  @Test
  void seesNoPackageInstalledOnTheHost() throws Exception {
    final PackageClient client = client();
    client.update();
    assertThrows(ImageException.class, () -> client.find("dpkg"));
  }

  @Test
  void saysThatNoSourceHasAPackage() throws Exception {
    final PackageClient client = client();
    client.update();
    final var e = assertThrows(ImageException.class, () -> client.find("no-such-package"));
    assertEquals(
        "package no-such-package for i386 cannot be found: no package source of this host has it",
        e.getMessage());
  }

  @Test
  void saysWhyASourceIsOutOfReach() throws Exception {
    Files.delete(repository.resolve("Packages"));
    final PackageClient client = client();
    client.update();
    final var e = assertThrows(ImageException.class, () -> client.find("hourglass-test"));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().contains("cannot be found: Failed to fetch"), e.getMessage());
  }

  @Test
  void refusesAnArchiveThatIsNotTheIndexedOne() throws Exception {
    Files.write(repository.resolve("hourglass-test.deb"), new byte[archive.length]);
    final PackageClient client = client();
    client.update();
    final PackageRecord record = client.find("hourglass-test");
    final var e = assertThrows(ImageException.class, () -> client.download(record));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}
