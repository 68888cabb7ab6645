#pragma once
// Reading the records of incoming calls, by the rights that show the history of outgoing ones.

#include "domain/context.h"
#include "domain/incoming_call.h"

namespace gantry::domain {

inline constexpr std::int64_t kIncomingCallListMax = 10'000;

class IncomingCallService {
 public:
  explicit IncomingCallService(const Context& context) : context_(context) {}

  // Newest first, without their content; empty when the caller may not see them. `count` 0 gives
  // at most kIncomingCallListMax.
  Task<Listed<IncomingCall>> list(Caller caller, IncomingCallRange range, Page page);
  // Errors: InvalidIncomingCall, also when the caller may not see it.
  Task<IncomingCall> get(Caller caller, IncomingCallId id);

 private:
  const Context context_;
};

}  // namespace gantry::domain
