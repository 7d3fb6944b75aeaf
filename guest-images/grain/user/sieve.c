/* Counts the primes below a number; with -t, those below 1,000,000, of which there are 78,498. */
#include "user.h"

static long primes_below(long limit)
{
    u8 *composite = map_memory(limit, 0);
    long count = 0;

    if (!composite)
        return -1;
    for (long n = 2; n < limit; n++) {
        if (composite[n])
            continue;
        count++;
        for (long multiple = n * n; n < 46341 && multiple < limit; multiple += n)
            composite[multiple] = 1;
    }
    return count;
}

int main(int argc, const char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "-t"))
        return primes_below(1000000) != 78498;
    printf("%ld\n", primes_below(argc > 1 ? parse_number(argv[1]) : 1000000));
    return 0;
}
