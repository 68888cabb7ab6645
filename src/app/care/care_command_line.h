#pragma once
// `gantry backup`, `restore`, `check` and `compact` as they are typed. Exit status: 0 done, 2 wrong
// use or something in the way, 3 damage.

#include <string>

#include <CLI/CLI.hpp>

#include "app/config.h"
#include "base/json.h"

namespace gantry::app {

class CareCommandLine {
 public:
  void declare(CLI::App& app, Flags& flags);
  // Nothing when another command was given; else the exit status.
  std::optional<int> run(const Flags& flags) const;

 private:
  int backup(const std::string& data) const;
  int restore(const std::string& data) const;
  static int check(const std::string& data);
  static int compact(const std::string& data);

  CLI::App* backup_ = nullptr;
  CLI::App* restore_ = nullptr;
  CLI::App* check_ = nullptr;
  CLI::App* compact_ = nullptr;
  std::string file_;
  bool replace_ = false;
};

}  // namespace gantry::app
