// The unit tests are their own script workers, as the server is.

#include <string_view>

#include <gtest/gtest.h>

#include "integrations/script/script_worker.h"

int main(int argc, char** argv) {
  namespace script = gantry::integrations::script;
  if (argc > 1 && std::string_view(argv[1]) == script::kScriptWorkerArgument) {
    return script::run_script_worker(script::kScriptWorkerFile);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
