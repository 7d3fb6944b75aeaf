/* The Mandelbrot set by the x87; with -t, the sum of its counts, which any correct FPU gives. */
#include "user.h"

#define WIDTH 76
#define HEIGHT 28
#define LIMIT 200
#define EXPECTED 96837

static int iterations(double x, double y)
{
    double a = 0, b = 0;
    int n = 0;

    while (n < LIMIT && a * a + b * b < 4) {
        double next = a * a - b * b + x;
        b = 2 * a * b + y;
        a = next;
        n++;
    }
    return n;
}

int main(int argc, const char **argv)
{
    int quiet = argc > 1 && !strcmp(argv[1], "-t");
    long sum = 0;

    for (int row = 0; row < HEIGHT; row++) {
        char line[WIDTH + 1];
        for (int column = 0; column < WIDTH; column++) {
            int n = iterations(-2.2 + 3.2 * column / WIDTH, -1.2 + 2.4 * row / HEIGHT);
            line[column] = n == LIMIT ? '#' : " .,:;+*%"[min(n / 2, 7)];
            sum += n;
        }
        line[WIDTH] = 0;
        if (!quiet)
            printf("%s\n", line);
    }
    if (!quiet)
        printf("%ld\n", sum);
    return quiet && sum != EXPECTED;
}
