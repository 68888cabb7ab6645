#pragma once
// What must hold of deliveries at each step, told from what a target sees and what the store says.

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/delivery.h"

namespace gantry::simulation {

class Checker {
 public:
  // In the order of their events. A script that fails makes an attempt without a request.
  void queued(const domain::Delivery& delivery, bool scripted);
  // A request for it leaves; `row` is the delivery as it is stored then.
  void sent(const domain::Delivery& row, Time now);
  void answered(const domain::DeliveryId& id, bool with_reply);
  // It was not sent after all, for a reason of ours: the attempt is repeated.
  void not_sent(const domain::DeliveryId& id);
  // From now on an attempt may be repeated with its number: a write failed, or the process died.
  void trouble() { ++troubles_; }
  // The process died: nothing is under way.
  void died();
  // All has ended. `row` is what is stored in the end, `replies` the messages that came of it.
  void ended(const domain::Delivery& row, int replies);

  void violate(const std::string& what) { violations_.push_back(what); }
  const std::vector<std::string>& violations() const { return violations_; }
  const std::vector<domain::DeliveryId>& known() const { return order_; }
  void forget_all();

  std::uint64_t sends = 0;
  std::uint64_t retries = 0;

 private:
  struct Seen {
    std::size_t place = 0;  // in the order of events
    std::string line;
    std::string target;
    bool scripted = false;
    bool under_way = false;
    bool may_repeat = false;
    bool last_answer_replies = false;
    int attempts = 0;    // sent, repeated ones too
    int last_tries = 0;  // as the row said when it was sent last
    std::uint64_t last_troubles = 0;
  };
  struct Line {
    std::size_t last_first = 0;  // place + 1 of the newest first attempt
    std::string first_under_way;
  };

  void end_request(Seen& seen, const std::string& id);

  std::unordered_map<std::string, Seen> deliveries_;
  std::vector<domain::DeliveryId> order_;
  std::unordered_map<std::string, Line> lines_;
  std::map<std::string, int> under_way_of_target_;
  int under_way_ = 0;
  std::uint64_t troubles_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace gantry::simulation
