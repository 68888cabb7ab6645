#pragma once
// `gantry deliveries` as it is typed: lists outgoing deliveries, follows them live, makes those of
// a time range again. Exit status: 0 done, 2 wrong use or something in the way, 3 damage.

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/config.h"
#include "base/json.h"

namespace gantry::app {

class DeliveryCommandLine {
 public:
  void declare(CLI::App& app, Flags& flags);
  // Nothing when another command was given; else the exit status.
  std::optional<int> run(const Flags& flags) const;

 private:
  json::object request(std::string_view command) const;
  int list(Config config) const;
  int follow(const Config& config) const;
  int redeliver(Config config) const;
  void print(const json::object& row) const;

  CLI::App* deliveries_ = nullptr;
  CLI::App* redeliver_ = nullptr;
  std::string state_;
  std::string integration_;
  std::string from_;
  std::string to_;
  std::int64_t count_ = 20;
  bool follow_ = false;
  bool json_ = false;
  bool dry_run_ = false;
};

}  // namespace gantry::app
