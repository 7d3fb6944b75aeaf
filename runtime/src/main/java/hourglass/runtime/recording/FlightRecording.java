package hourglass.runtime.recording;

import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.engine.RegionListener;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.engine.Watcher;
import hourglass.runtime.process.GuestProcess;
import hourglass.runtime.process.ProcessListener;
import hourglass.translator.emit.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/**
 * Records one run: the JVM's own events, by its configuration {@code profile}, and what the engine
 * and the watcher of processes tell.
 *
 * <p>Regions made before the kernel's symbols are known wait for them, with their own time, so that
 * they have their names.
 */
public final class FlightRecording implements RegionListener, ProcessListener, AutoCloseable {
  /** So many events wait for symbols at most; the rest of the wait is then over. */
  private static final int PATIENCE = 5_000;

  private final Path file;
  private final Recording recording;
  private final List<RegionEvent> waiting = new ArrayList<>();

  /** Empty until they are known; read by the translator's thread too. */
  private volatile SymbolTable symbols = SymbolTable.empty();

  private boolean waits = true;
  private Watcher.Machine machine;

  /**
   * Begins to record.
   *
   * @param file made or emptied at once, and written in {@link #close}, or when the JVM ends before
   * @throws IOException where it cannot be written, or this JVM has no Flight Recorder
   */
  public FlightRecording(Path file) throws IOException {
    if (!FlightRecorder.isAvailable()) {
      throw new IOException("this JVM has no Flight Recorder");
    }
    this.file = file;
    try {
      recording = new Recording(Configuration.getConfiguration("profile"));
    } catch (ParseException e) {
      throw new IllegalStateException("the JDK's own configuration cannot be read", e);
    }
    recording.setName("Hourglass");
    try {
      recording.setDestination(file);
    } catch (IOException e) {
      recording.close();
      throw e;
    }
    recording.setDumpOnExit(true);
    recording.start();
  }

  /**
   * Ends recording and writes the file.
   *
   * @throws IOException where it cannot be written
   */
  @Override
  public void close() throws IOException {
    release();
    try (recording) {
      recording.setDestination(null); // stopping would write there too, and tell no one of failure
      recording.stop();
      recording.dump(file);
    }
  }

  // --- processes

  @Override
  public void attached(Watcher.Machine watched) {
    machine = watched;
    watched.engine().listen(this);
  }

  @Override
  public void reset() {
    release();
    symbols = SymbolTable.empty();
    waits = true;
  }

  @Override
  public void foundSymbols(SymbolTable found) {
    symbols = found;
    release();
  }

  @Override
  public void switched(GuestProcess from, GuestProcess to, int spaceBefore, int space) {
    final ProcessSwitch event = new ProcessSwitch();
    if (event.isEnabled()) {
      event.describe(from, to);
      event.fromSpace = Integer.toUnsignedLong(spaceBefore);
      event.toSpace = Integer.toUnsignedLong(space);
      event.instructions = machine.state().instructions();
      event.commit();
    }
  }

  // --- regions

  @Override
  public Consumer<Optional<Region>> translating(int address) {
    final LongTranslation event = new LongTranslation();
    event.begin();
    return region -> {
      event.end();
      if (event.shouldCommit()) {
        region.ifPresent(event::describe);
        event.address = Integer.toUnsignedLong(address); // no page is said to be the region's yet
        event.name(symbols);
        event.commit();
      }
    };
  }

  @Override
  public void made(Region region, long nanos) {
    final RegionMade event = new RegionMade();
    event.describe(region);
    event.translationTime = nanos;
    commit(event);
  }

  @Override
  public void dropped(Region region, Statistics.DropReason reason) {
    final RegionDropped event = new RegionDropped();
    event.describe(region);
    event.reason = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    event.entered = region.entered;
    commit(event);
  }

  private void commit(RegionEvent event) {
    if (!waits) {
      event.name(symbols);
      event.commit();
      return;
    }
    event.begin();
    event.end();
    waiting.add(event);
    if (waiting.size() == PATIENCE) {
      release();
    }
  }

  private void release() {
    for (RegionEvent event : waiting) {
      event.name(symbols);
      event.commit();
    }
    waiting.clear();
    waits = false;
  }
}
