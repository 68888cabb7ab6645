#include "domain/incoming_call_service.h"

#include "domain/error_codes.h"
#include "domain/integration_rights.h"

namespace gantry::domain {

Task<Listed<IncomingCall>> IncomingCallService::list(Caller caller, IncomingCallRange range,
                                                     Page page) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.all_incoming) range.maker = caller.id();
  if (page.count == 0 || page.count > kIncomingCallListMax) page.count = kIncomingCallListMax;
  const std::function<Result<Listed<IncomingCall>>(const Tx&)> work =
      [range, page](const Tx& tx) -> Result<Listed<IncomingCall>> {
    return tx.incoming_calls().list(range, page);
  };
  co_return co_await context_.store.read<Listed<IncomingCall>>(work);
}

Task<IncomingCall> IncomingCallService::get(Caller caller, IncomingCallId id) {
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
  co_return call;
}

}  // namespace gantry::domain
