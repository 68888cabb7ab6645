#include "app/exit_status.h"

#include <iostream>

#include "app/config.h"
#include "domain/error_codes.h"

namespace gantry::app {

int report_error(const Error& error) {
  std::cerr << "gantry: " << text_of(error) << std::endl;
  return error.code == ErrorCode::StorageFailed ? kDamagedData : kWrongSetup;
}

void add_data_flag(CLI::App& app, Flags& flags) {
  app.add_option("--data", flags.data, "data directory (default ./gantry-data)");
}

}  // namespace gantry::app
