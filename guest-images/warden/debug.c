#include "warden.h"
void debug(void) {}
