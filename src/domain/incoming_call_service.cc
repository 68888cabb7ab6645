#include "domain/incoming_call_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/integration_rights.h"
#include "domain/record_access.h"

namespace gantry::domain {

LoggedCall IncomingCallService::shown_to(const Caller& caller, IncomingCall call) const {
  LoggedCall out{std::move(call), false};
  const auto& posted = out.call.posted;
  out.bodies_hidden = !std::all_of(posted.begin(), posted.end(), [&](const IncomingPost& post) {
    return may_read_bodies(context_.directory, *caller.user, post.room);
  });
  if (out.bodies_hidden) out.call.content = {};
  return out;
}

Task<Listed<LoggedCall>> IncomingCallService::list(Caller caller, IncomingCallRange range,
                                                   Page page) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.all_incoming) range.maker = caller.id();
  if (page.count == 0 || page.count > kIncomingCallListMax) page.count = kIncomingCallListMax;
  const std::function<Result<Listed<IncomingCall>>(const Tx&)> work =
      [range, page](const Tx& tx) -> Result<Listed<IncomingCall>> {
    return tx.incoming_calls().list(range, page);
  };
  CO_TRY(Listed<IncomingCall> found, co_await context_.store.read<Listed<IncomingCall>>(work));
  Listed<LoggedCall> out;
  out.total = found.total;
  for (IncomingCall& call : found.items) out.items.push_back(shown_to(caller, std::move(call)));
  co_return out;
}

Task<LoggedCall> IncomingCallService::get(Caller caller, IncomingCallId id) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  const std::function<Result<IncomingCall>(const Tx&)> work =
      [id](const Tx& tx) -> Result<IncomingCall> {
    auto found = tx.incoming_calls().find(id);
    if (!found) return ErrorCode::InvalidIncomingCall;
    return *std::move(found);
  };
  CO_TRY(IncomingCall call, co_await context_.store.read<IncomingCall>(work));
  const bool own = rights.own_incoming && call.integration_maker == caller.id();
  if (!rights.all_incoming && !own) co_return ErrorCode::InvalidIncomingCall;
  co_return shown_to(caller, std::move(call));
}

}  // namespace gantry::domain
