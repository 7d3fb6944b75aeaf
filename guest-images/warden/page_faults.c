#include "warden.h"
void page_faults(void) {}
