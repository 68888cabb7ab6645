#include <exception>
#include <iostream>

#include "app/command_line.h"

int main(int argc, char** argv) {
  try {
    return gantry::app::run_command_line(argc, argv, [](gantry::app::Config config) {
      return gantry::app::Server::open(std::move(config), {});
    });
  } catch (const std::exception& fault) {
    std::cerr << "gantry: " << fault.what() << std::endl;
    return 1;
  }
}
