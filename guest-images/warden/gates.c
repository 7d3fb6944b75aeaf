#include "warden.h"
void gates(void) {}
