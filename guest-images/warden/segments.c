#include "warden.h"
void segments(void) {}
