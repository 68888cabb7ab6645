#include "store/sqlite/delivery_selection.h"

#include <algorithm>
#include <compare>
#include <unordered_set>

namespace gantry::store::sqlite {
namespace {

using domain::DeliveryCounts;
using domain::DeliveryRange;
using domain::DeliveryState;
using domain::DeliveryStates;
using domain::IntegrationId;

#define OF_INTEGRATION "WHERE integration = ? AND created_at BETWEEN ? AND ? "
#define NEWEST_FIRST "ORDER BY created_at DESC, sequence DESC LIMIT ?"
constexpr char kNewest[] =
    "SELECT created_at, sequence FROM deliveries INDEXED BY "
    "deliveries_by_integration " OF_INTEGRATION NEWEST_FIRST;
constexpr char kNewestOfStates[] =
    "SELECT created_at, sequence FROM deliveries INDEXED BY "
    "deliveries_by_integration " OF_INTEGRATION "AND (? >> state) & 1 " NEWEST_FIRST;
constexpr char kNewestGoneWrong[] =
    "SELECT created_at, sequence FROM deliveries INDEXED BY deliveries_gone_wrong " OF_INTEGRATION
    "AND state >= 3 AND (? >> state) & 1 " NEWEST_FIRST;
constexpr char kCount[] =
    "SELECT count(*) FROM deliveries INDEXED BY deliveries_by_integration " OF_INTEGRATION;
constexpr char kCountGoneWrong[] =
    "SELECT state, count(*) FROM deliveries INDEXED BY deliveries_gone_wrong " OF_INTEGRATION
    "AND state >= 3 GROUP BY state";
#undef NEWEST_FIRST
#undef OF_INTEGRATION
constexpr char kSelectOpen[] =
    "SELECT integration, state, created_at, sequence FROM deliveries INDEXED BY deliveries_open "
    "WHERE state < 2 AND created_at BETWEEN ? AND ?";

constexpr Time kFirst = from_epoch_ms(INT64_MIN);
constexpr Time kLast = from_epoch_ms(INT64_MAX);

// Where a delivery stands in the order of the list.
struct Spot {
  std::int64_t created_at = 0;
  std::int64_t sequence = 0;

  auto operator<=>(const Spot&) const = default;
};

DeliveryStates set_of(std::initializer_list<DeliveryState> states) {
  DeliveryStates out;
  for (const DeliveryState state : states) out.set(place_of(state));
  return out;
}
const DeliveryStates kOpen = set_of({DeliveryState::Queued, DeliveryState::Retrying});
const DeliveryStates kGoneWrong = set_of({DeliveryState::Failed, DeliveryState::Dropped});

bool is_part(const DeliveryStates& states, const DeliveryStates& whole) {
  return (states & ~whole).none();
}

std::int64_t mask_of(const DeliveryStates& states) {
  return static_cast<std::int64_t>(states.to_ullong());
}

void visit_open(Connection& connection, const DeliveryRange& range,
                const std::function<void(std::size_t state, const Spot&)>& visit) {
  const std::unordered_set<IntegrationId> wanted(range.integrations.begin(),
                                                 range.integrations.end());
  Statement row = connection.prepare(kSelectOpen);
  row.bind(range.from.value_or(kFirst), range.to.value_or(kLast));
  while (row.step()) {
    if (wanted.contains(row.id<IntegrationId>(0))) {
      visit(static_cast<std::size_t>(row.integer(1)), {row.integer(2), row.integer(3)});
    }
  }
}

void read_spots(Statement& row, std::vector<Spot>& out) {
  while (row.step()) out.push_back({row.integer(0), row.integer(1)});
}

// At least the newest `count` of the range, in no order.
std::vector<Spot> select_spots(Connection& connection, const DeliveryRange& range,
                               std::int64_t count) {
  std::vector<Spot> out;
  if (is_part(range.states, kOpen)) {
    visit_open(connection, range, [&](std::size_t state, const Spot& spot) {
      if (range.states[state]) out.push_back(spot);
    });
    return out;
  }
  const Time from = range.from.value_or(kFirst);
  const Time to = range.to.value_or(kLast);
  const char* const of_states =
      is_part(range.states, kGoneWrong) ? kNewestGoneWrong : kNewestOfStates;
  for (const IntegrationId& integration : range.integrations) {
    if (range.states.all()) {
      Statement row = connection.prepare(kNewest);
      read_spots(row.bind(integration, from, to, count), out);
    } else {
      Statement row = connection.prepare(of_states);
      read_spots(row.bind(integration, from, to, mask_of(range.states), count), out);
    }
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> newest_of(Connection& connection, const DeliveryRange& range,
                                    const domain::Page& page) {
  const bool endless = page.count == 0 || page.offset > INT64_MAX - page.count;
  std::vector<Spot> spots =
      select_spots(connection, range, endless ? -1 : page.offset + page.count);
  std::sort(spots.begin(), spots.end(), std::greater<>());
  const auto size = static_cast<std::int64_t>(spots.size());
  const std::int64_t first = std::min(page.offset, size);
  const std::int64_t end = endless ? size : std::min(first + page.count, size);
  std::vector<std::int64_t> out;
  for (std::int64_t at = first; at < end; ++at) out.push_back(spots[at].sequence);
  return out;
}

DeliveryCounts count_deliveries(Connection& connection, const DeliveryRange& range) {
  DeliveryCounts out{};
  std::int64_t total = 0;
  const Time from = range.from.value_or(kFirst);
  const Time to = range.to.value_or(kLast);
  visit_open(connection, range, [&out](std::size_t state, const Spot&) { ++out[state]; });
  for (const IntegrationId& integration : range.integrations) {
    Statement row = connection.prepare(kCountGoneWrong);
    row.bind(integration, from, to);
    while (row.step()) out[static_cast<std::size_t>(row.integer(0))] += row.integer(1);
    if (range.states[place_of(DeliveryState::Succeeded)]) {
      Statement all = connection.prepare(kCount);
      all.bind(integration, from, to).step();
      total += all.integer(0);
    }
  }
  // Most succeed, so these are counted as what the others leave.
  std::int64_t others = 0;
  for (const std::int64_t count : out) others += count;
  out[place_of(DeliveryState::Succeeded)] = std::max<std::int64_t>(0, total - others);
  for (std::size_t state = 0; state < out.size(); ++state) {
    if (!range.states[state]) out[state] = 0;
  }
  return out;
}

}  // namespace gantry::store::sqlite
