#pragma once
// Which attempt may begin next. First attempts of one line (integration, URL, room) go one after
// another; lines, targets and integrations go beside each other, targets in turn. A target begins
// with few attempts at once and earns more by quick answers, so that many slow or dead ones cannot
// fill all places; one that cannot be reached is probed only. Knows no I/O and no clock; belongs to
// the scheduler's strand. Source: contract "integrations" 16.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "integrations/delivery/attempt_of.h"
#include "integrations/delivery/circuit.h"
#include "integrations/delivery/lane.h"

namespace gantry::integrations {

struct AttemptLimits {
  std::size_t running_max = 256;
  std::size_t per_integration_max = 64;
  std::size_t per_target_max = 32;
  std::size_t per_target_first = 2;
  Milliseconds quick{1'000};             // an answer that came within it
  std::size_t idle_targets_max = 1'000;  // remembered for their failures alone
};

struct Turn {
  AttemptOf of;
  std::shared_ptr<const Lane> lane;
  bool in_line = false;  // a first attempt; a retry has left its line
};

class AttemptOrder {
 public:
  explicit AttemptOrder(const AttemptLimits& limits) : limits_(limits) {}

  void add(Turn turn, Time now);
  // The next that may begin; it counts as running until ended().
  std::optional<Turn> next(Time now);
  void ended(const Turn& turn, Reach reach, Milliseconds took, Time now);
  // Those that wait leave; those that run are not touched.
  void forget(const std::unordered_set<domain::DeliveryId>& deliveries, Time now);
  // One that runs waits for the system's own trouble to pass: others may have its place meanwhile.
  void step_aside(const Turn& turn, Time now);
  void step_back(const Turn& turn);

  // A time at which next() may have more to give, when all that waits are targets left alone.
  std::optional<Time> probe_at() const;
  // The time has come.
  void wake(Time now);

  std::size_t running() const { return running_; }
  std::size_t waiting() const { return waiting_; }
  std::size_t open_circuits() const { return open_circuits_; }
  // Some of the targets with an open circuit.
  std::vector<std::string> open_targets(std::size_t max) const;

 private:
  struct Line {
    std::string key;
    std::deque<Turn> waiting;
    bool busy = false;  // one of it is ready, parked or running
  };
  struct Target {
    std::string key;
    std::deque<Turn> due;  // retries, and what was parked
    std::deque<Line*> ready;
    std::size_t running = 0;
    std::size_t allowed = 0;  // at once
    Circuit circuit;
    bool listed = false;  // in turns_

    bool has_work() const { return !due.empty() || !ready.empty(); }
  };
  struct Owner {
    std::size_t running = 0;
    std::deque<Turn> parked;  // their integration has enough under way
  };

  Target& target_of(const std::string& key);
  bool may_start(const Target& target, Time now) const;
  void list(Target& target, Time now);
  Turn take_from(Target& target);
  void begin(const Turn& turn);
  Target& end(const Turn& turn);
  void give_place_to_parked(const domain::IntegrationId& integration, Time now);
  void drop_if_idle(Target& target);
  std::size_t take_out(std::deque<Turn>& turns,
                       const std::unordered_set<domain::DeliveryId>& deliveries);
  void go_on_with_line(const std::string& key, Target& target);

  const AttemptLimits limits_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  std::size_t open_circuits_ = 0;
  std::unordered_map<std::string, Line> lines_;
  std::unordered_map<std::string, Target> targets_;
  std::unordered_map<domain::IntegrationId, Owner> owners_;
  std::deque<Target*> turns_;
  std::map<std::string_view, Target*> left_alone_;  // open, with work; by key
};

}  // namespace gantry::integrations
