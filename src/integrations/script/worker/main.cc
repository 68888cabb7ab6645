#include <sys/prctl.h>

#include "integrations/script/script_worker.h"

int main() {
  namespace script = gantry::integrations::script;
  prctl(PR_SET_NAME, "script-worker");
  return script::run_script_worker(script::kScriptWorkerFile);
}
