package hourglass.runtime.boot;

/**
 * Offsets and bits of the setup header, the same in a kernel image and in the zero page (Linux
 * documentation, "The Linux/x86 Boot Protocol", section "The Real-Mode Kernel Header"). The
 * comments name the first protocol version that has a field.
 */
final class SetupHeader {
  static final int START = 0x1F1;

  static final int SETUP_SECTS = 0x1F1;
  static final int SYSSIZE = 0x1F4; // wider than 16 bits from 2.04
  static final int BOOT_FLAG = 0x1FE;
  static final int JUMP_DISTANCE = 0x201;
  static final int MAGIC = 0x202;
  static final int VERSION = 0x206;
  static final int TYPE_OF_LOADER = 0x210;
  static final int LOADFLAGS = 0x211;
  static final int CODE32_START = 0x214;
  static final int RAMDISK_IMAGE = 0x218;
  static final int RAMDISK_SIZE = 0x21C;
  static final int HEAP_END_PTR = 0x224; // 2.01
  static final int CMD_LINE_PTR = 0x228; // 2.02
  static final int INITRD_ADDR_MAX = 0x22C; // 2.03
  static final int KERNEL_ALIGNMENT = 0x230; // 2.05
  static final int RELOCATABLE_KERNEL = 0x234; // 2.05
  static final int XLOADFLAGS = 0x236; // 2.12
  static final int CMDLINE_SIZE = 0x238; // 2.06
  static final int PAYLOAD_OFFSET = 0x248; // 2.08
  static final int PAYLOAD_LENGTH = 0x24C; // 2.08
  static final int PREF_ADDRESS = 0x258; // 2.10
  static final int INIT_SIZE = 0x260; // 2.10

  /** Where the zero page's room for the header ends. */
  static final int MAX_END = 0x290;

  static final int BOOT_FLAG_VALUE = 0xAA55;
  static final int MAGIC_VALUE = 0x5372_6448; // "HdrS"
  static final int LOADED_HIGH = 0x01;
  static final int CAN_USE_HEAP = 0x80;
  static final int XLF_KERNEL_64 = 0x01;

  /** A boot loader without a number of its own. */
  static final int UNKNOWN_LOADER = 0xFF;

  /** The highest address of an initrd where the header does not say. */
  static final long DEFAULT_INITRD_MAX = 0x37FF_FFFF;

  /** The longest command line where the header does not say. */
  static final int DEFAULT_CMDLINE_SIZE = 255;

  private SetupHeader() {}
}
