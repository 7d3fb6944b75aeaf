/* Ends the machine with the exit code given, or 0. */
#include "user.h"

int main(int argc, const char **argv)
{
    long error = syscall(NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF,
                         argc > 1 ? parse_number(argv[1]) : 0);
    printf("poweroff: error %ld\n", -error);
    return 1;
}
