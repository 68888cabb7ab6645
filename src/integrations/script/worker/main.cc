#include <sys/prctl.h>

#include "integrations/script/script_worker.h"

// For builds with the address sanitizer: nobody may look into a confined process, which the search
// for leaks at its end would have to.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

int main() {
  namespace script = gantry::integrations::script;
  prctl(PR_SET_NAME, "script-worker");
  return script::run_script_worker(script::kScriptWorkerFile);
}
