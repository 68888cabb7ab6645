#pragma once
// gantry integration try|export|diff|apply: what was given on the command line, the files, and what
// is printed.

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/config.h"
#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

class IntegrationCommand {
 public:
  void declare(CLI::App& app, Flags& flags);
  // The exit status.
  int run(const Flags& flags) const;

 private:
  void declare_try(CLI::App& integration);
  void declare_files(CLI::App& integration);

  int run_try(const Flags& flags) const;
  int run_export(const Flags& flags) const;
  int run_diff(const Flags& flags) const;
  int run_apply(const Flags& flags) const;
  Result<json::object> trial() const;
  // Asks about the folder. Nothing when it was told what is wrong, with the exit status.
  std::optional<json::object> ask_about_folder(const Flags& flags, std::string_view command,
                                               int* status) const;

  CLI::App* try_ = nullptr;
  CLI::App* export_ = nullptr;
  CLI::App* diff_ = nullptr;
  CLI::App* apply_ = nullptr;
  std::string as_;

  std::string id_;
  std::string delivery_;
  std::string call_;
  std::string type_;
  std::string script_;
  std::string url_;
  std::optional<std::int64_t> version_;
  std::optional<std::int64_t> compare_;
  std::string event_;
  std::string request_;
  std::string response_;
  std::string http_;
  std::string store_;

  std::string folder_;
  bool with_secrets_ = false;
  bool prune_ = false;
};

}  // namespace gantry::app
