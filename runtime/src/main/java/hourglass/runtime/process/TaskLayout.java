package hourglass.runtime.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a kernel in the shape of Linux keeps what in a {@code task_struct}, found by comparing the
 * first processes with what is known of them. What fits no place, or too few processes to tell,
 * stays unknown.
 *
 * <ul>
 *   <li>{@code comm}: where the process that the first switch leaves has the text {@code swapper}.
 *   <li>{@code pid} and {@code tgid}: the first two words that are 0 in that process, and 1, 2, 3
 *       and so on in the others in the order in which they were made.
 *   <li>{@code real_parent}: the first word that is the address of whoever made the process; in the
 *       first process its own.
 *   <li>{@code mm}, {@code active_mm}: two words that are the same address in a process that has
 *       just become a program, and 0 in the kernel's threads that wait; the only such place.
 * </ul>
 */
final class TaskLayout {
  /** How much of a task_struct is looked at, in bytes. */
  private static final int WINDOW = 0x3000;

  /** So many processes beside the first have to agree. */
  private static final int WITNESSES = 4;

  private static final byte[] FIRST_NAME = {'s', 'w', 'a', 'p', 'p', 'e', 'r'};
  private static final int LONGEST_NAME = 16;
  private static final int LOWEST_KERNEL_ADDRESS = 0x4000_0000;

  private final GuestView view;
  private final List<GuestProcess> witnesses = new ArrayList<>();
  private final List<Integer> mmCandidates = new ArrayList<>();
  private boolean searchesMm = true;
  private boolean mmSeen;

  private OptionalInt comm = OptionalInt.empty();
  private OptionalInt pid = OptionalInt.empty();
  private OptionalInt threadGroup = OptionalInt.empty();
  private OptionalInt parent = OptionalInt.empty();
  private OptionalInt mm = OptionalInt.empty();
  private boolean decided;

  TaskLayout(GuestView view) {
    this.view = view;
  }

  // --- finding out

  /** Whether a task_struct at this address could be the first process's, or a fresh copy of it. */
  boolean resemblesFirst(int task) {
    return indexOfFirstName(view.bytes(task, WINDOW)).isPresent();
  }

  private static OptionalInt indexOfFirstName(byte[] bytes) {
    for (int at = 0; at + LONGEST_NAME <= bytes.length; at += 4) {
      if (Arrays.equals(bytes, at, at + FIRST_NAME.length, FIRST_NAME, 0, FIRST_NAME.length)) {
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }

  /** The first process, which the first switch leaves, is known. */
  void foundFirst(GuestProcess first) {
    comm = indexOfFirstName(view.bytes(first.task, WINDOW));
    decided = comm.isEmpty();
    witnesses.addFirst(first);
    compare();
  }

  /** A process has been made; they come in the order in which they are made. */
  void made(GuestProcess process) {
    if (!decided) {
      witnesses.add(process);
      compare();
    }
  }

  private void compare() {
    if (decided || comm.isEmpty() || witnesses.size() <= WITNESSES) {
      return;
    }
    decided = true;
    final List<byte[]> tasks =
        witnesses.stream().map(process -> view.bytes(process.task, WINDOW)).toList();
    final int end = tasks.stream().mapToInt(bytes -> bytes.length).min().orElse(0);
    for (int at = 0; at + 4 <= end; at += 4) {
      if (isNumber(tasks, at)) {
        if (pid.isEmpty()) {
          pid = OptionalInt.of(at);
        } else if (threadGroup.isEmpty()) {
          threadGroup = OptionalInt.of(at);
        }
      }
      if (parent.isEmpty() && isParent(tasks, at)) {
        parent = OptionalInt.of(at);
      }
    }
  }

  private static boolean isNumber(List<byte[]> tasks, int at) {
    for (int i = 0; i < tasks.size(); i++) {
      if (GuestView.wordAt(tasks.get(i), at) != i) {
        return false;
      }
    }
    return true;
  }

  private boolean isParent(List<byte[]> tasks, int at) {
    for (int i = 0; i < tasks.size(); i++) {
      final GuestProcess witness = witnesses.get(i);
      final int maker = witness.creator.orElse(witness).task;
      if (GuestView.wordAt(tasks.get(i), at) != maker) {
        return false;
      }
    }
    return true;
  }

  /**
   * A process has just become a program.
   *
   * @param others all other processes that live and never became one, so that they are the kernel's
   */
  void becameProgram(GuestProcess process, List<GuestProcess> others) {
    if (!searchesMm || others.isEmpty()) {
      return;
    }
    final byte[] own = view.bytes(process.task, WINDOW);
    if (!mmSeen) {
      mmSeen = true;
      for (int at = 0; at + 8 <= own.length; at += 4) {
        mmCandidates.add(at);
      }
    }
    mmCandidates.removeIf(at -> !isPair(own, at));
    for (GuestProcess other : others) {
      final byte[] bytes = view.bytes(other.task, WINDOW);
      mmCandidates.removeIf(at ->
          at + 8 > bytes.length
              || GuestView.wordAt(bytes, at) != 0
              || GuestView.wordAt(bytes, at + 4) != 0);
    }
    searchesMm = mmCandidates.size() > 1;
    if (mmCandidates.size() == 1) {
      mm = OptionalInt.of(mmCandidates.getFirst());
    }
  }

  private static boolean isPair(byte[] bytes, int at) {
    if (at + 8 > bytes.length) {
      return false;
    }
    final int value = GuestView.wordAt(bytes, at);
    return value == GuestView.wordAt(bytes, at + 4)
        && Integer.compareUnsigned(value, LOWEST_KERNEL_ADDRESS) > 0;
  }

  /** Whether names and numbers will not become better known than they are. */
  boolean isDecided() {
    return decided;
  }

  boolean knowsMm() {
    return mm.isPresent();
  }

  // --- reading

  Optional<String> name(int task) {
    return comm.isEmpty() ? Optional.empty() : view.text(task + comm.getAsInt(), LONGEST_NAME);
  }

  OptionalInt pid(int task) {
    return read(task, pid);
  }

  OptionalInt threadGroup(int task) {
    return read(task, threadGroup);
  }

  /** The task_struct of the parent. */
  OptionalInt parent(int task) {
    return read(task, parent);
  }

  /** The address of its mm_struct, 0 for a kernel thread. */
  OptionalInt mm(int task) {
    return read(task, mm);
  }

  private OptionalInt read(int task, OptionalInt offset) {
    return offset.isEmpty() ? offset : view.word(task + offset.getAsInt());
  }

  /** For people: each field, and where it is. */
  @Override
  public String toString() {
    return "comm "
        + place(comm)
        + ", pid "
        + place(pid)
        + ", tgid "
        + place(threadGroup)
        + ", parent "
        + place(parent)
        + ", mm "
        + place(mm);
  }

  private static String place(OptionalInt offset) {
    return offset.isEmpty() ? "unknown" : String.format("+0x%x", offset.getAsInt());
  }
}
