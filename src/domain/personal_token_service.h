#pragma once
// Personal access tokens: login tokens with a name that never expire. Source: contract "rest" 9.

#include "domain/context.h"

namespace gantry::domain {

enum class BypassTwoFactor { No, Yes };

class PersonalTokenService {
 public:
  explicit PersonalTokenService(const Context& context) : context_(context) {}

  // All return errors NotAuthorized without create-personal-access-tokens. The secret is told once.
  // Errors: TokenAlreadyExists, CapacityReached.
  Task<std::string> create(Caller caller, std::string name, BypassTwoFactor bypass);
  // A new secret under the same name. Errors: TokenDoesNotExist.
  Task<std::string> regenerate(Caller caller, std::string name);
  // Errors: TokenDoesNotExist.
  Task<void> remove(Caller caller, std::string name);
  // Oldest first.
  Task<std::vector<Token>> list(Caller caller);

 private:
  Result<void> check_right(const Caller& caller) const;

  const Context context_;
};

}  // namespace gantry::domain
