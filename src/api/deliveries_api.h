#pragma once
// integrations.deliveries, .deliveries.count, .delivery, .redeliver, .cancelDelivery: the log of
// outgoing deliveries, beside the protocol's own integrations.history.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/delivery_service.h"

namespace gantry::api {

// clang-format off: one line a member keeps the shapes readable.
struct DeliveryFilterInput {
  std::string integration_id, state, room_id, from, to, text;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = DeliveryFilterInput;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id,
              "id of the integration; else all that the caller may see")
            .with_default(),
        field("state", &S::state, "queued, retrying, succeeded, failed, dropped, comma separated")
            .with_default(),
        field("roomId", &S::room_id, "id of the room of the event").with_default(),
        field("from", &S::from, "ISO date: made then or later").with_default(),
        field("to", &S::to, "ISO date: made then or before").with_default(),
        field("text", &S::text, "part of the payload's text, without case").with_default()};
  }
};

struct ListDeliveries : DeliveryFilterInput {
  json::value offset, count;

  static constexpr auto fields() {
    using wire::field;
    return std::tuple_cat(
        DeliveryFilterInput::fields(),
        std::tuple{field("offset", &ListDeliveries::offset, "how many to skip").with_default(),
                   field("count", &ListDeliveries::count, "how many to answer").with_default()});
  }
};

struct GetDelivery {
  domain::DeliveryId id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{wire::field("id", &GetDelivery::id, "id of the delivery").min_length(1)};
  }
};

struct Redeliver {
  std::optional<std::vector<std::string>> delivery_ids;
  std::optional<DeliveryFilterInput> filter;
  std::optional<std::int64_t> expected_count;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = Redeliver;
    using wire::field;
    return std::tuple{
        field("deliveryIds", &S::delivery_ids, "at most 100; instead of a filter").min_length(1),
        field("filter", &S::filter, "which ones; without expectedCount they are only counted"),
        field("expectedCount", &S::expected_count, "how many the filter must select")};
  }
};

struct CancelDelivery {
  std::vector<std::string> delivery_ids;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{
        wire::field("deliveryIds", &CancelDelivery::delivery_ids, "at most 100").min_length(1)};
  }
};
// clang-format on

// Errors: InvalidParams, saying which.
Result<domain::DeliveryFilter> read_filter(DeliveryFilterInput in);

class DeliveriesApi {
 public:
  DeliveriesApi(domain::DeliveryService& deliveries, const domain::Directory& directory,
                const ListReader& lists)
      : deliveries_(deliveries), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> list(domain::Caller caller, ListDeliveries in);
  Task<json::object> count(domain::Caller caller, DeliveryFilterInput in);
  Task<json::object> get(domain::Caller caller, GetDelivery in);
  Task<json::object> redeliver(domain::Caller caller, Redeliver in);
  Task<json::object> cancel(domain::Caller caller, CancelDelivery in);

  domain::DeliveryService& deliveries_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
