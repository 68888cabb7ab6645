#pragma once
// The second factor of routes that ask for one (contract "rest" 10). The one method is the password
// fallback: the code is the SHA-256 of the password, compared on the compute pool. What passed is
// remembered with the token and with who used it. Safe from any thread.

#include <string>

#include "base/compute_pool.h"
#include "base/striped_map.h"
#include "base/time.h"
#include "dispatch/operation.h"
#include "domain/directory.h"

namespace gantry::dispatch {

class SecondFactorCheck {
 public:
  SecondFactorCheck(const domain::Directory& directory, const Clock& clock, ComputePool& compute)
      : directory_(directory), clock_(clock), compute_(compute) {}

  Admission check(SecondFactor wanted, const Call& call, const domain::Caller& caller);
  void sweep(Time now);

 private:
  struct Passed {
    std::string fingerprint;  // of the client: user agent and address
    Time until;
  };
  // What a comparison needs once the call is gone.
  struct Question {
    SecondFactor wanted{};
    std::string code;
    std::string password_bcrypt;
    std::string token_hash;
    std::string fingerprint;
  };

  bool is_excused(SecondFactor wanted, const domain::Caller& caller,
                  const std::string& fingerprint) const;
  Task<void> compare(Question question);
  std::chrono::seconds remembered_for() const;

  const domain::Directory& directory_;
  const Clock& clock_;
  ComputePool& compute_;
  StripedMap<std::string, Passed> passed_;  // by token hash
};

}  // namespace gantry::dispatch
