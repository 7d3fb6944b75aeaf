#include "warden.h"
void page_faults_system(void) {}
