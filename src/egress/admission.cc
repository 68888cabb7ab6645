#include "egress/admission.h"

#include <algorithm>

namespace gantry::egress {

Admission::Line* Admission::enter(Ticket ticket, const std::string& origin) {
  const auto at = lines_.try_emplace(origin).first;
  Line& line = at->second;
  line.origin = &at->first;
  line.waiting.push_back(ticket);
  ++waiting_;
  list_if_due(line);
  return &line;
}

std::optional<Admission::Ticket> Admission::next() {
  while (active_ < active_max_ && !turns_.empty()) {
    Line& line = *turns_.front();
    turns_.pop_front();
    line.listed = false;
    if (line.waiting.empty()) {
      drop_if_empty(line);
      continue;
    }
    const Ticket ticket = line.waiting.front();
    line.waiting.pop_front();
    --waiting_;
    ++line.active;
    ++active_;
    list_if_due(line);
    return ticket;
  }
  return std::nullopt;
}

void Admission::leave_active(Line* line) {
  --line->active;
  --active_;
  list_if_due(*line);
  drop_if_empty(*line);
}

void Admission::leave_waiting(Line* line, Ticket ticket) {
  const auto at = std::find(line->waiting.begin(), line->waiting.end(), ticket);
  if (at == line->waiting.end()) return;
  line->waiting.erase(at);
  --waiting_;
  drop_if_empty(*line);
}

void Admission::list_if_due(Line& line) {
  if (line.listed || line.waiting.empty() || line.active >= active_per_origin_max_) return;
  line.listed = true;
  turns_.push_back(&line);
}

void Admission::drop_if_empty(Line& line) {
  if (line.listed || line.active != 0 || !line.waiting.empty()) return;
  lines_.erase(lines_.find(*line.origin));
}

}  // namespace gantry::egress
