#pragma once
// Reading the records of incoming calls, by the rights that show the history of outgoing ones. What
// a call said is for who may also read where it was posted.

#include "domain/context.h"
#include "domain/incoming_call.h"

namespace gantry::domain {

inline constexpr std::int64_t kIncomingCallListMax = 10'000;

struct LoggedCall {
  IncomingCall call;
  bool bodies_hidden = false;
};

class IncomingCallService {
 public:
  explicit IncomingCallService(const Context& context) : context_(context) {}

  // Newest first, without their content; empty when the caller may not see them. `count` 0 gives
  // at most kIncomingCallListMax.
  Task<Listed<LoggedCall>> list(Caller caller, IncomingCallRange range, Page page);
  // Errors: InvalidIncomingCall, also when the caller may not see it.
  Task<LoggedCall> get(Caller caller, IncomingCallId id);

 private:
  // What was said is for who may read all rooms where the call posted it.
  LoggedCall shown_to(const Caller& caller, IncomingCall call) const;

  const Context context_;
};

}  // namespace gantry::domain
