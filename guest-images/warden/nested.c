#include "warden.h"
void nested(void) {}
