package hourglass.runtime.process;

import hourglass.runtime.engine.Watcher.Machine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All processes seen, the one that runs, and what is on its account. */
final class ProcessList {
  private final Machine machine;
  private final List<GuestProcess> all = new ArrayList<>();
  private GuestProcess current;

  /** Up to where instructions are on somebody's account. */
  private long accounted;

  ProcessList(Machine machine) {
    this.machine = machine;
    accounted = machine.state().instructions();
    current = add();
  }

  Moment now() {
    return new Moment(machine.timeline().now(), machine.state().instructions());
  }

  GuestProcess add() {
    final GuestProcess process = new GuestProcess(now());
    all.add(process);
    return process;
  }

  /** Forgets all processes but one new one, which has done all that has been done. */
  void restart() {
    account();
    final GuestProcess one = new GuestProcess(all.getFirst().firstSeen());
    all.forEach(one::add);
    all.clear();
    all.add(one);
    current = one;
  }

  List<GuestProcess> all() {
    return Collections.unmodifiableList(all);
  }

  GuestProcess current() {
    return current;
  }

  void switchTo(GuestProcess next) {
    account();
    current = next;
    next.switches++;
  }

  /** Puts what has been executed on the current process's account. */
  void account() {
    final long instructions = machine.state().instructions();
    current.instructions += instructions - accounted;
    accounted = instructions;
  }
}
