#include <exception>
#include <iostream>
#include <string_view>

#include "app/command_line.h"
#include "integrations/script/script_worker.h"

int main(int argc, char** argv) {
  namespace script = gantry::integrations::script;
  if (argc > 1 && std::string_view(argv[1]) == script::kScriptWorkerArgument) {
    return script::run_script_worker(script::kScriptWorkerFile);
  }
  try {
    return gantry::app::run_command_line(argc, argv, [](gantry::app::Config config) {
      return gantry::app::Server::open(std::move(config), {});
    });
  } catch (const std::exception& fault) {
    std::cerr << "gantry: " << fault.what() << std::endl;
    return 1;
  }
}
