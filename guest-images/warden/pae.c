#include "warden.h"
void pae(void) {}
