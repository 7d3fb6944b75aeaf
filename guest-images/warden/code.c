#include "warden.h"
void code(void) {}
