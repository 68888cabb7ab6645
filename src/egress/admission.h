#pragma once
// Decides whose turn it is: so many on the wire in all, so many to one origin, first come first
// served within an origin, origins in turn. Knows tickets, not transfers; used on one thread.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace gantry::egress {

class Admission {
 public:
  using Ticket = std::uint64_t;

  // One origin's line. Pointers stay good while the line has somebody active or waiting.
  struct Line {
    std::deque<Ticket> waiting;
    std::size_t active = 0;
    bool listed = false;  // in turns_
    const std::string* origin = nullptr;
  };

  Admission(std::size_t active_max, std::size_t active_per_origin_max)
      : active_max_(active_max), active_per_origin_max_(active_per_origin_max) {}

  Line* enter(Ticket ticket, const std::string& origin);
  // The next that may start; it counts as active from now on.
  std::optional<Ticket> next();
  void leave_active(Line* line);
  void leave_waiting(Line* line, Ticket ticket);

  std::size_t active() const { return active_; }
  std::size_t waiting() const { return waiting_; }

 private:
  void list_if_due(Line& line);
  void drop_if_empty(Line& line);

  const std::size_t active_max_;
  const std::size_t active_per_origin_max_;
  std::size_t active_ = 0;
  std::size_t waiting_ = 0;
  std::unordered_map<std::string, Line> lines_;
  std::deque<Line*> turns_;
};

}  // namespace gantry::egress
