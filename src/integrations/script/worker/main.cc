#include <sys/prctl.h>

#include "integrations/script/script_worker.h"

// For builds with the address sanitizer: nobody may look into a confined process, which the search
// for leaks at its end would have to.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

int main() {
  namespace script = gantry::integrations::script;
  prctl(PR_SET_NAME, "script-worker");
  return script::run_script_worker(script::kScriptWorkerFile);
}
