#include "warden.h"
void paging(void) {}
