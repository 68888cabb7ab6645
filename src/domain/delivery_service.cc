#include "domain/delivery_service.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "domain/delivery_records.h"
#include "domain/error_codes.h"
#include "domain/integration_rights.h"
#include "domain/record_access.h"
#include "domain/record_content.h"

namespace gantry::domain {
namespace {

bool text_holds(const Delivery& delivery, std::string_view lower_part) {
  const json::value* text = find_member(delivery.data.object(), "text");
  return text != nullptr && text->is_string() &&
         to_lower(text->get_string()).find(lower_part) != std::string::npos;
}

// The attempt under way may have no record yet.
std::optional<HistoryEntry> find_newest_attempt(const Tx& tx, const Delivery& delivery) {
  auto found = tx.deliveries().find_history(history_id_of(delivery.id, delivery.tries));
  if (!found && delivery.tries > 0) {
    found = tx.deliveries().find_history(history_id_of(delivery.id, delivery.tries - 1));
  }
  return found;
}

std::vector<HistoryEntry> list_attempts(const Tx& tx, const Delivery& delivery) {
  std::vector<HistoryEntry> out;
  for (int attempt = std::max(0, delivery.tries - kAttemptsShownMax + 1); attempt <= delivery.tries;
       ++attempt) {
    auto found = tx.deliveries().find_history(history_id_of(delivery.id, attempt));
    if (found) out.push_back(*std::move(found));
  }
  return out;
}

std::vector<DeliveryId> new_ids(std::size_t count, Time now) {
  std::vector<DeliveryId> out;
  out.reserve(count);
  while (out.size() < count) out.push_back(new_ordered_id<DeliveryId>(now));
  return out;
}

Error count_changed(std::int64_t expected, std::int64_t count) {
  return Error(ErrorCode::DeliveryCountChanged,
               fmt::format("{} deliveries match, not {}", count, expected))
      .with_details({{"count", count}});
}

// Why it cannot be made again.
Error gone(const Delivery& delivery) {
  if (delivery.message_fate == MessageFate::NotKept) {
    return Error(ErrorCode::DeliveryNotKept,
                 "What delivery " + delivery.id.text + " sent was not kept (" +
                     std::string(info_of(Setting::OutgoingKeepBodies).id) + ")");
  }
  return Error(ErrorCode::DeliveryForgotten,
               "The message of delivery " + delivery.id.text + " was deleted");
}

}  // namespace

std::int64_t sum_of(const DeliveryCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

bool DeliveryService::may_see(const Caller& caller, const Delivery& delivery) const {
  const auto entry = context_.directory.find_integration(delivery.integration);
  return entry && entry->integration.type == IntegrationType::Outgoing &&
         integration_rights(context_.directory, *caller.user)
             .may_see(entry->integration, caller.id());
}

DeliveryService::Scope DeliveryService::scope_of(const Caller& caller,
                                                 const DeliveryFilter& filter) const {
  Scope out;
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  for (const auto& entry : context_.directory.list_integrations()) {
    const Integration& integration = entry->integration;
    if (integration.type == IntegrationType::Outgoing && rights.may_see(integration, caller.id()) &&
        (!filter.integration || integration.id == *filter.integration)) {
      out.range.integrations.push_back(integration.id);
    }
  }
  out.range.states = filter.states;
  out.range.from = filter.from;
  out.range.to = filter.to;
  if (!filter.looks_inside()) return out;
  out.scan_max = context_.directory.settings()->get_int(Setting::QueryScanMax);
  // Who may not read a room does not learn by trying words what was written there.
  out.fits = [this, user = caller.user, room = filter.room,
              part = to_lower(filter.text)](const Delivery& delivery) {
    if (room && delivery.room != *room) return false;
    return part.empty() || (text_holds(delivery, part) &&
                            may_read_bodies(context_.directory, *user, delivery.room));
  };
  return out;
}

namespace {

// Calls visit(delivery) for each of the page, newest first, and gives how many there are in all.
template <class Scope, class Visit>
Result<DeliveryCounts> visit_scope(const Tx& tx, const Scope& scope, const Page& page,
                                   const Visit& visit) {
  const DeliveryStore& store = tx.deliveries();
  const DeliveryCounts whole = store.count_range(scope.range);
  if (!scope.fits) {
    if (page.count > 0) store.visit_range(scope.range, page, visit);
    return whole;
  }
  if (sum_of(whole) > scope.scan_max) {
    return Error(ErrorCode::QueryTooBroad,
                 fmt::format("roomId and text look at {} deliveries, which is more than {}: say "
                             "integrationId, state, from or to as well",
                             sum_of(whole), scope.scan_max));
  }
  DeliveryCounts counts{};
  std::int64_t place = 0;
  store.visit_range(scope.range, {0, 0}, [&](Delivery delivery) {
    if (!scope.fits(delivery)) return;
    ++counts[place_of(delivery.state)];
    const bool in_page = place >= page.offset && place - page.offset < page.count;
    ++place;
    if (in_page) visit(std::move(delivery));
  });
  return counts;
}

}  // namespace

Task<Listed<LoggedDelivery>> DeliveryService::list(Caller caller, DeliveryFilter filter,
                                                   Page page) {
  using List = Listed<LoggedDelivery>;
  const std::function<Result<List>(const Tx&)> work =
      [this, page, user = caller.user,
       scope = scope_of(caller, filter)](const Tx& tx) -> Result<List> {
    List out;
    TRY(const DeliveryCounts counts, visit_scope(tx, scope, page, [&](Delivery delivery) {
          LoggedDelivery& row = out.items.emplace_back();
          row.delivery = std::move(delivery);
        }));
    for (LoggedDelivery& row : out.items) {
      if (auto newest = find_newest_attempt(tx, row.delivery)) {
        row.attempts.push_back(*std::move(newest));
      }
      row.bodies_hidden = !may_read_bodies(context_.directory, *user, row.delivery.room);
    }
    out.total = sum_of(counts);
    return out;
  };
  co_return co_await context_.store.read<List>(work);
}

Task<DeliveryCounts> DeliveryService::count(Caller caller, DeliveryFilter filter) {
  const std::function<Result<DeliveryCounts>(const Tx&)> work =
      [scope = scope_of(caller, filter)](const Tx& tx) {
        return visit_scope(tx, scope, Page{0, 0}, [](const Delivery&) {});
      };
  co_return co_await context_.store.read<DeliveryCounts>(work);
}

Task<LoggedDelivery> DeliveryService::get(Caller caller, DeliveryId id) {
  const std::function<Result<LoggedDelivery>(const Tx&)> work =
      [this, caller, id](const Tx& tx) -> Result<LoggedDelivery> {
    auto found = tx.deliveries().find(id);
    if (!found || !may_see(caller, *found)) return ErrorCode::InvalidDelivery;
    LoggedDelivery out;
    out.attempts = list_attempts(tx, *found);
    out.bodies_hidden = !may_read_bodies(context_.directory, *caller.user, found->room);
    out.delivery = *std::move(found);
    return out;
  };
  co_return co_await context_.store.read<LoggedDelivery>(work);
}

Task<std::vector<DeliveryId>> DeliveryService::redeliver(Caller caller,
                                                         std::vector<DeliveryId> ids) {
  co_return co_await redeliver(std::move(caller), std::move(ids), Forgotten::Refused);
}

Task<std::vector<DeliveryId>> DeliveryService::redeliver(Caller caller, std::vector<DeliveryId> ids,
                                                         Forgotten forgotten) {
  using Ids = std::vector<DeliveryId>;
  const Time now = context_.clock.now();
  const std::function<Result<Ids>(Tx&)> work =
      [this, &caller, &ids, forgotten, now,
       made = new_ids(ids.size(), now)](Tx& tx) -> Result<Ids> {
    Ids out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto recorded = tx.deliveries().find(ids[i]);
      if (!recorded || !may_see(caller, *recorded)) {
        return Error(ErrorCode::InvalidDelivery, "There is no delivery " + ids[i].text);
      }
      if (recorded->forgotten()) {
        if (forgotten == Forgotten::PassedOver) continue;
        return gone(*recorded);
      }
      TRY(DeliveryId id, queue_again(tx, *std::move(recorded), made[i], now));
      out.push_back(std::move(id));
    }
    return out;
  };
  co_return co_await context_.store.write<Ids>(work);
}

Task<std::vector<DeliveryId>> DeliveryService::redeliver(Caller caller, DeliveryFilter filter,
                                                         std::int64_t expected) {
  using Ids = std::vector<DeliveryId>;
  const std::function<Result<Ids>(const Tx&)> work =
      [expected, scope = scope_of(caller, filter)](const Tx& tx) -> Result<Ids> {
    Ids out;
    TRY(const DeliveryCounts counts,
        visit_scope(tx, scope, Page{0, kRedeliveriesMax},
                    [&out](const Delivery& delivery) { out.push_back(delivery.id); }));
    const std::int64_t count = sum_of(counts);
    if (count != expected) return count_changed(expected, count);
    if (count > kRedeliveriesMax) {
      return Error(ErrorCode::TooManyDeliveries,
                   fmt::format("One call makes at most {} deliveries again", kRedeliveriesMax));
    }
    std::reverse(out.begin(), out.end());
    return out;
  };
  CO_TRY(Ids ids, co_await context_.store.read<Ids>(work));
  co_return co_await redeliver(std::move(caller), std::move(ids), Forgotten::PassedOver);
}

Task<Cancelling> DeliveryService::cancel(Caller caller, std::vector<DeliveryId> ids) {
  const bool keeps_bodies = context_.directory.settings()->get_bool(Setting::OutgoingKeepBodies);
  const std::function<Result<Cancelling>(Tx&)> work = [this, &caller, &ids,
                                                       keeps_bodies](Tx& tx) -> Result<Cancelling> {
    Cancelling out;
    std::vector<Delivery> dropped;
    for (const DeliveryId& id : ids) {
      auto found = tx.deliveries().find(id);
      if (!found || !may_see(caller, *found)) {
        out.refused.push_back({id, std::nullopt});
        continue;
      }
      if (!found->open()) {
        out.refused.push_back({id, found->state});
        continue;
      }
      found->state = DeliveryState::Dropped;
      found->cancelled_by = caller.id();
      tx.deliveries().update(*found);
      if (!keeps_bodies) drop_bodies(tx, *found);
      out.cancelled.push_back(id);
      found->data = {};
      dropped.push_back(*std::move(found));
    }
    if (!dropped.empty()) {
      TRY_DO(tx.record(
          DeliveriesCancelled{std::make_shared<const std::vector<Delivery>>(std::move(dropped))}));
    }
    return out;
  };
  co_return co_await context_.store.write<Cancelling>(work);
}

}  // namespace gantry::domain
