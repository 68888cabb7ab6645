#include "api/deliveries_api.h"

#include <unordered_set>

#include <fmt/format.h>

#include "api/date_parameter.h"
#include "domain/error_codes.h"
#include "wire/delivery_json.h"

namespace gantry::api {
namespace {

using domain::DeliveryFilter;
using domain::DeliveryId;
using domain::Permission;

// Rows of a list that asks for all.
constexpr std::int64_t kListedMax = 1'000;
// Longer than any text that is looked for.
constexpr std::size_t kTextBytesMax = 1'000;

const std::vector<Permission> kOutgoingRight{Permission::ManageOutgoingIntegrations,
                                             Permission::ManageOwnOutgoingIntegrations};

Error invalid(std::string text) {
  return Error(ErrorCode::InvalidParams, std::move(text));
}

Result<domain::DeliveryStates> read_states(std::string_view list) {
  if (list.empty()) return domain::kEveryDeliveryState;
  domain::DeliveryStates out;
  for (;;) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const auto state = wire::find_delivery_state(list.substr(0, comma));
    if (!state) return invalid("state is of queued, retrying, succeeded, failed and dropped");
    out.set(place_of(*state));
    if (comma == list.size()) return out;
    list.remove_prefix(comma + 1);
  }
}

// Each once, in the order given.
Result<std::vector<DeliveryId>> read_ids(const std::vector<std::string>& texts) {
  if (texts.empty()) return invalid("deliveryIds is empty");
  if (texts.size() > domain::kDeliveriesNamedMax) {
    return Error(ErrorCode::TooManyDeliveries,
                 fmt::format("deliveryIds names at most {}", domain::kDeliveriesNamedMax));
  }
  std::unordered_set<std::string_view> seen;
  std::vector<DeliveryId> out;
  for (const std::string& text : texts) {
    if (seen.insert(text).second) out.emplace_back(DeliveryId{text});
  }
  return out;
}

json::array texts(const std::vector<DeliveryId>& ids) {
  json::array out;
  for (const DeliveryId& id : ids) out.emplace_back(id.text);
  return out;
}

}  // namespace

Result<DeliveryFilter> read_filter(DeliveryFilterInput in) {
  DeliveryFilter out;
  if (!in.integration_id.empty()) out.integration = domain::IntegrationId{in.integration_id};
  TRY(out.states, read_states(in.state));
  TRY(out.from, read_date("from", in.from));
  TRY(out.to, read_date("to", in.to));
  if (!in.room_id.empty()) out.room = domain::RoomId{in.room_id};
  if (in.text.size() > kTextBytesMax) {
    return invalid(fmt::format("text is of at most {} bytes", kTextBytesMax));
  }
  out.text = std::move(in.text);
  return out;
}

void DeliveriesApi::add_routes(dispatch::Routes& routes) {
  constexpr auto kNewer = dispatch::Validation::Newer;
  routes.get("/api/v1/integrations.deliveries", *this, &DeliveriesApi::list,
             {.any_permission = kOutgoingRight,
              .validation = kNewer,
              .summary = "Outgoing deliveries, newest first"});
  routes.get("/api/v1/integrations.deliveries.count", *this, &DeliveriesApi::count,
             {.any_permission = kOutgoingRight,
              .validation = kNewer,
              .summary = "How many outgoing deliveries there are of each state"});
  routes.get("/api/v1/integrations.delivery", *this, &DeliveriesApi::get,
             {.any_permission = kOutgoingRight,
              .validation = kNewer,
              .summary = "One outgoing delivery with its payload and attempts"});
  routes.post("/api/v1/integrations.redeliver", *this, &DeliveriesApi::redeliver,
              {.any_permission = kOutgoingRight,
               .validation = kNewer,
               .summary = "Deliver recorded payloads again"});
  routes.post("/api/v1/integrations.cancelDelivery", *this, &DeliveriesApi::cancel,
              {.any_permission = kOutgoingRight,
               .validation = kNewer,
               .summary = "Drop deliveries that wait for an attempt"});
}

Task<json::object> DeliveriesApi::list(domain::Caller caller, ListDeliveries in) {
  ListParameters parameters;
  parameters.offset = std::move(in.offset);
  parameters.count = std::move(in.count);
  domain::Page page = lists_.read_page(parameters);
  if (page.count == 0 || page.count > kListedMax) page.count = kListedMax;
  CO_TRY(DeliveryFilter filter, read_filter(std::move(in)));
  CO_TRY(const auto listed, co_await deliveries_.list(std::move(caller), std::move(filter), page));
  json::array rows;
  for (const domain::LoggedDelivery& row : listed.items) {
    rows.push_back(wire::to_json(row, directory_));
  }
  const std::size_t count = rows.size();
  co_return json::object{{"deliveries", std::move(rows)},
                         {"count", count},
                         {"offset", page.offset},
                         {"total", listed.total}};
}

Task<json::object> DeliveriesApi::count(domain::Caller caller, DeliveryFilterInput in) {
  CO_TRY(DeliveryFilter filter, read_filter(std::move(in)));
  CO_TRY(const auto counts, co_await deliveries_.count(std::move(caller), std::move(filter)));
  co_return json::object{{"count", domain::sum_of(counts)}, {"states", wire::to_json(counts)}};
}

Task<json::object> DeliveriesApi::get(domain::Caller caller, GetDelivery in) {
  CO_TRY(const auto found, co_await deliveries_.get(std::move(caller), std::move(in.id)));
  co_return json::object{{"delivery", wire::to_detail_json(found, directory_)}};
}

Task<json::object> DeliveriesApi::redeliver(domain::Caller caller, Redeliver in) {
  if (in.delivery_ids.has_value() == in.filter.has_value()) {
    co_return invalid("Say either deliveryIds or filter");
  }
  std::vector<DeliveryId> made;
  if (in.delivery_ids) {
    CO_TRY(auto ids, read_ids(*in.delivery_ids));
    CO_TRY(made, co_await deliveries_.redeliver(std::move(caller), std::move(ids)));
  } else {
    CO_TRY(DeliveryFilter filter, read_filter(*std::move(in.filter)));
    if (!in.expected_count) {
      CO_TRY(const auto counts, co_await deliveries_.count(std::move(caller), std::move(filter)));
      co_return json::object{{"count", domain::sum_of(counts)}};
    }
    CO_TRY(made, co_await deliveries_.redeliver(std::move(caller), std::move(filter),
                                                *in.expected_count));
  }
  co_return json::object{{"count", made.size()}, {"deliveryIds", texts(made)}};
}

Task<json::object> DeliveriesApi::cancel(domain::Caller caller, CancelDelivery in) {
  CO_TRY(auto ids, read_ids(in.delivery_ids));
  CO_TRY(const auto outcome, co_await deliveries_.cancel(std::move(caller), std::move(ids)));
  json::array refused;
  for (const auto& refusal : outcome.refused) {
    const std::string_view reason =
        refusal.state ? wire::to_text(*refusal.state) : std::string_view("not-found");
    refused.push_back({{"_id", refusal.id.text}, {"reason", reason}});
  }
  co_return json::object{{"cancelled", texts(outcome.cancelled)},
                         {"notCancelled", std::move(refused)}};
}

}  // namespace gantry::api
