#include "warden.h"
void v86(void) {}
