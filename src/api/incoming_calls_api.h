#pragma once
// integrations.incomingCalls and integrations.incomingCall: what came to an incoming webhook and
// what became of it; ours alone.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/incoming_call_service.h"

namespace gantry::api {

struct ListIncomingCalls {
  std::string integration_id;
  json::value offset;
  json::value count;
  std::optional<std::string> status, from, to;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = ListIncomingCalls;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id, "id of the integration").min_length(1),
        field("offset", &S::offset, "how many to skip").with_default(),
        field("count", &S::count, "how many to answer; 0 asks for all").with_default(),
        field("status", &S::status, "ok or failed").one_of({"ok", "failed"}),
        field("from", &S::from, "date: not made before"),
        field("to", &S::to, "date: made before")};
  }
};

struct GetIncomingCall {
  domain::IncomingCallId id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{wire::field("id", &GetIncomingCall::id, "id of the record").min_length(1)};
  }
};

struct IncomingCallReply {
  json::object call;

  static constexpr auto fields() {
    return std::tuple{wire::field("call", &IncomingCallReply::call)};
  }
};

class IncomingCallsApi {
 public:
  IncomingCallsApi(domain::IncomingCallService& calls, const ListReader& lists)
      : calls_(calls), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> list(domain::Caller caller, ListIncomingCalls in);
  Task<IncomingCallReply> get(domain::Caller caller, GetIncomingCall in);

  domain::IncomingCallService& calls_;
  const ListReader& lists_;
};

}  // namespace gantry::api
