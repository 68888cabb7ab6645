#include "app/delivery_commands.h"

#include <algorithm>

#include "api/deliveries_api.h"
#include "domain/error_codes.h"
#include "domain/integration_rights.h"
#include "wire/delivery_json.h"

namespace gantry::app {
namespace {

using domain::DeliveryFilter;
using domain::IntegrationType;

std::int64_t count_of(const json::object& in) {
  const json::value* count = find_member(in, "count");
  const std::int64_t wanted = count != nullptr && count->is_int64() ? count->get_int64() : 0;
  return std::clamp<std::int64_t>(wanted, 0, kDeliveriesListedMax);
}

bool fits(const DeliveryFilter& filter, const domain::Delivery& delivery) {
  return filter.states[place_of(delivery.state)] &&
         (!filter.integration || delivery.integration == *filter.integration);
}

}  // namespace

void DeliveryCommands::add_to(ControlCommands& commands) {
  commands.add("deliveries", std::bind_front(&DeliveryCommands::list, this));
  commands.add("deliveries.redeliver", std::bind_front(&DeliveryCommands::redeliver, this));
  commands.add_stream("deliveries.follow", std::bind_front(&DeliveryCommands::follow, this));
}

// An account that is stored nowhere and has every role.
Result<domain::Caller> DeliveryCommands::operator_caller() const {
  domain::User user;
  for (const domain::Role& role : directory_.list_roles()) user.roles.push_back(role.id);
  if (!domain::integration_rights(directory_, user).all_outgoing) {
    return failure("no role holds manage-outgoing-integrations: give it to the administrators");
  }
  domain::Caller caller;
  caller.user = std::make_shared<const domain::User>(std::move(user));
  return caller;
}

Result<domain::IntegrationId> DeliveryCommands::find_integration(
    std::string_view id_or_name) const {
  std::vector<domain::IntegrationId> named;
  for (const auto& entry : directory_.list_integrations()) {
    const domain::Integration& one = entry->integration;
    if (one.type != IntegrationType::Outgoing) continue;
    if (one.id.text == id_or_name) return one.id;
    if (one.name == id_or_name) named.push_back(one.id);
  }
  if (named.size() == 1) return named.front();
  const std::string given(id_or_name);
  if (named.empty()) {
    return failure("there is no outgoing integration with the id or name \"" + given + "\"");
  }
  return failure("several integrations have the name \"" + given + "\": give the id of one");
}

Result<DeliveryFilter> DeliveryCommands::filter_of(const json::object& in) const {
  api::DeliveryFilterInput input;
  input.state = std::string(text_of(in, "state"));
  input.from = std::string(text_of(in, "from"));
  input.to = std::string(text_of(in, "to"));
  TRY(DeliveryFilter filter, api::read_filter(std::move(input)));
  const std::string_view integration = text_of(in, "integration");
  if (!integration.empty()) {
    TRY(filter.integration, find_integration(integration));
  }
  return filter;
}

json::object DeliveryCommands::row_of(const domain::LoggedDelivery& delivery) const {
  json::object row = wire::to_json(delivery, directory_);
  row.erase("bodiesHidden");
  if (const auto entry = directory_.find_integration(delivery.delivery.integration)) {
    row["integration"] = entry->integration.name;
  }
  return row;
}

Task<json::object> DeliveryCommands::list(json::object in) {
  CO_TRY(domain::Caller caller, operator_caller());
  CO_TRY(DeliveryFilter filter, filter_of(in));
  const domain::Page page{0, count_of(in)};
  CO_TRY(const auto listed, co_await deliveries_.list(std::move(caller), std::move(filter), page));
  json::array rows;
  for (const domain::LoggedDelivery& delivery : listed.items) rows.push_back(row_of(delivery));
  co_return json::object{{"deliveries", std::move(rows)}, {"total", listed.total}};
}

Task<json::object> DeliveryCommands::redeliver(json::object in) {
  CO_TRY(domain::Caller caller, operator_caller());
  CO_TRY(DeliveryFilter filter, filter_of(in));
  CO_TRY(const auto counts, co_await deliveries_.count(caller, filter));
  const std::int64_t count = domain::sum_of(counts);
  json::object out{{"count", count}, {"states", wire::to_json(counts)}};
  const json::value* dry_run = find_member(in, "dryRun");
  if (dry_run != nullptr && is_truthy(*dry_run)) co_return out;
  CO_TRY(const auto made,
         co_await deliveries_.redeliver(std::move(caller), std::move(filter), count));
  out["redelivered"] = made.size();
  co_return out;
}

asio::awaitable<void> DeliveryCommands::follow(json::object in, LineSink& out) {
  // First, so that nothing falls between the list and what follows.
  const auto listener = feed_.listen(co_await asio::this_coro::executor);
  Result<json::object> listed = co_await list(in);
  auto filter = filter_of(in);
  if (!listed || !filter) {
    const Error& error = listed ? filter.error() : listed.error();
    json::object refusal{{"ok", false}, {"error", text_of(error)}};
    co_await out.write(std::move(refusal));
    co_return;
  }
  json::object beginning{{"ok", true}};
  bool read = co_await out.write(std::move(beginning));
  json::array& rows = listed->at("deliveries").as_array();
  for (auto row = rows.rbegin(); read && row != rows.rend(); ++row) {
    json::object line{{"delivery", std::move(*row)}};
    read = co_await out.write(std::move(line));
  }
  if (read) co_await follow_on(*std::move(filter), listener, out);
}

asio::awaitable<void> DeliveryCommands::follow_on(
    DeliveryFilter filter, std::shared_ptr<integrations::DeliveryListener> listener,
    LineSink& out) {
  out.on_hang_up([listener] { listener->close(); });
  for (;;) {
    const integrations::DeliveryNews news = co_await listener->next();
    if (!news) co_return;
    bool read = true;
    if (const std::size_t missed = listener->take_missed(); missed > 0) {
      json::object line{{"missed", missed}};
      read = co_await out.write(std::move(line));
    }
    if (read && fits(filter, news->delivery)) {
      json::object row = row_of(*news);
      row["at"] = to_iso(clock_.now());
      json::object line{{"delivery", std::move(row)}};
      read = co_await out.write(std::move(line));
    }
    if (!read) co_return;
  }
}

}  // namespace gantry::app
