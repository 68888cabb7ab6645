#include "integrations/delivery/attempt_order.h"

#include <algorithm>

namespace gantry::integrations {

AttemptOrder::Target& AttemptOrder::target_of(const std::string& key) {
  const auto [at, is_new] = targets_.try_emplace(key);
  if (is_new) {
    at->second.key = key;
    at->second.allowed = limits_.per_target_first;
  }
  return at->second;
}

bool AttemptOrder::may_start(const Target& target, Time now) const {
  return target.running < target.allowed && target.circuit.may_try(now, target.running);
}

// Enters the target for a turn when it has something that may begin.
void AttemptOrder::list(Target& target, Time now) {
  if (target.listed) return;
  left_alone_.erase(target.key);
  if (!target.has_work()) return;
  if (may_start(target, now)) {
    target.listed = true;
    turns_.push_back(&target);
  } else if (target.circuit.is_open()) {
    left_alone_.emplace(target.key, &target);
  }
}

void AttemptOrder::add(Turn turn, Time now) {
  Target& target = target_of(turn.lane->target);
  ++waiting_;
  if (turn.in_line) {
    Line& line = lines_[turn.lane->line];
    if (line.key.empty()) line.key = turn.lane->line;
    line.waiting.push_back(std::move(turn));
    if (line.busy) return;
    line.busy = true;
    target.ready.push_back(&line);
  } else {
    target.due.push_back(std::move(turn));
  }
  list(target, now);
}

Turn AttemptOrder::take_from(Target& target) {
  std::deque<Turn>* from = &target.due;
  if (target.due.empty()) {
    from = &target.ready.front()->waiting;
    target.ready.pop_front();
  }
  Turn turn = std::move(from->front());
  from->pop_front();
  return turn;
}

std::optional<Turn> AttemptOrder::next(Time now) {
  while (running_ < limits_.running_max && !turns_.empty()) {
    Target& target = *turns_.front();
    turns_.pop_front();
    target.listed = false;
    if (!target.has_work() || !may_start(target, now)) {
      list(target, now);
      drop_if_idle(target);
      continue;
    }
    Turn turn = take_from(target);
    Owner& owner = owners_[turn.lane->integration];
    if (owner.running >= limits_.per_integration_max) {
      owner.parked.push_back(std::move(turn));
      list(target, now);
      continue;
    }
    --waiting_;
    begin(turn);
    list(target, now);
    return turn;
  }
  return std::nullopt;
}

void AttemptOrder::begin(const Turn& turn) {
  ++running_;
  ++target_of(turn.lane->target).running;
  ++owners_[turn.lane->integration].running;
}

AttemptOrder::Target& AttemptOrder::end(const Turn& turn) {
  Target& target = target_of(turn.lane->target);
  --running_;
  --target.running;
  --owners_[turn.lane->integration].running;
  return target;
}

void AttemptOrder::ended(const Turn& turn, Reach reach, Milliseconds took, Time now) {
  Target& target = end(turn);
  if (target.circuit.is_open()) --open_circuits_;
  target.circuit.ended(reach, now);
  if (target.circuit.is_open()) ++open_circuits_;
  if (reach == Reach::Answered && took <= limits_.quick) {
    target.allowed = std::min(target.allowed + 1, limits_.per_target_max);
  } else if (reach != Reach::Unknown) {
    target.allowed = limits_.per_target_first;
  }
  if (turn.in_line) go_on_with_line(turn.lane->line, target);
  give_place_to_parked(turn.lane->integration, now);
  list(target, now);
  drop_if_idle(target);
}

void AttemptOrder::go_on_with_line(const std::string& key, Target& target) {
  const auto line = lines_.find(key);
  if (line->second.waiting.empty()) {
    lines_.erase(line);
  } else {
    target.ready.push_back(&line->second);
  }
}

// One that is taken out of where retries and parked ones wait may have held its line.
std::size_t AttemptOrder::take_out(std::deque<Turn>& turns,
                                   const std::unordered_set<domain::DeliveryId>& deliveries) {
  return std::erase_if(turns, [&](const Turn& turn) {
    if (!deliveries.contains(turn.of.id)) return false;
    if (turn.in_line) go_on_with_line(turn.lane->line, target_of(turn.lane->target));
    return true;
  });
}

void AttemptOrder::forget(const std::unordered_set<domain::DeliveryId>& deliveries, Time now) {
  for (auto& [key, line] : lines_) {
    waiting_ -= std::erase_if(
        line.waiting, [&deliveries](const Turn& turn) { return deliveries.contains(turn.of.id); });
  }
  for (auto& [id, owner] : owners_) waiting_ -= take_out(owner.parked, deliveries);
  for (auto& [key, target] : targets_) {
    waiting_ -= take_out(target.due, deliveries);
    std::erase_if(target.ready, [this](const Line* line) {
      if (!line->waiting.empty()) return false;
      lines_.erase(std::string(line->key));
      return true;
    });
    list(target, now);
  }
}

void AttemptOrder::step_aside(const Turn& turn, Time now) {
  Target& target = end(turn);
  give_place_to_parked(turn.lane->integration, now);
  list(target, now);
}

void AttemptOrder::step_back(const Turn& turn) {
  begin(turn);
}

void AttemptOrder::give_place_to_parked(const domain::IntegrationId& integration, Time now) {
  const auto owner = owners_.find(integration);
  if (!owner->second.parked.empty()) {
    Turn turn = std::move(owner->second.parked.front());
    owner->second.parked.pop_front();
    Target& target = target_of(turn.lane->target);
    target.due.push_front(std::move(turn));
    list(target, now);
  } else if (owner->second.running == 0) {
    owners_.erase(owner);
  }
}

void AttemptOrder::drop_if_idle(Target& target) {
  if (target.has_work() || target.running > 0 || target.listed) return;
  if (!target.circuit.is_calm() && targets_.size() <= limits_.idle_targets_max) return;
  if (target.circuit.is_open()) --open_circuits_;
  left_alone_.erase(target.key);
  targets_.erase(std::string(target.key));
}

std::vector<std::string> AttemptOrder::open_targets(std::size_t max) const {
  std::vector<std::string> out;
  if (open_circuits_ == 0) return out;
  for (const auto& [key, target] : targets_) {
    if (out.size() == max) break;
    if (target.circuit.is_open()) out.push_back(key);
  }
  return out;
}

std::optional<Time> AttemptOrder::probe_at() const {
  std::optional<Time> first;
  for (const auto& [key, target] : left_alone_) {
    const auto at = target->circuit.probe_at();
    if (at && target->running == 0 && (!first || *at < *first)) first = at;
  }
  return first;
}

void AttemptOrder::wake(Time now) {
  const auto all = left_alone_;
  for (const auto& [key, target] : all) list(*target, now);
}

}  // namespace gantry::integrations
