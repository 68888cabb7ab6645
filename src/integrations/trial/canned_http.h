#pragma once
// What a trial's script gets from HTTP and fetch: the answers that came with the trial, each once
// and in their order, and a refusal for everything else. Safe from any thread.

#include <mutex>
#include <vector>

#include "integrations/script/script_engine.h"

namespace gantry::integrations {

struct CannedAnswer {
  std::string method;  // empty: any
  std::string url;     // empty: any
  script::HttpPowerReply reply;
};

class CannedHttp {
 public:
  explicit CannedHttp(std::vector<CannedAnswer> answers) : answers_(std::move(answers)) {}

  script::HttpPowerReply answer(const script::HttpPowerRequest& asked);
  // What was asked so far, and whether there was an answer.
  json::array calls() const;

 private:
  mutable std::mutex mutex_;
  std::vector<CannedAnswer> answers_;  // those that are left
  json::array calls_;
};

script::HttpPower power_of(std::shared_ptr<CannedHttp> canned);

}  // namespace gantry::integrations
