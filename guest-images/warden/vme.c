#include "warden.h"
void vme(void) {}
