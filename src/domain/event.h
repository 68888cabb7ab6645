#pragma once
// What happened, announced by the domain. Inside the transaction each event goes to the
// recorders (the webhook outbox); after the commit, in commit order, to the followers.

#include <memory>
#include <variant>
#include <vector>

#include "base/result.h"
#include "domain/delivery.h"
#include "domain/message.h"
#include "domain/room.h"
#include "domain/user.h"

namespace gantry::domain {

struct MessageSent {
  std::shared_ptr<const Message> message;
  std::shared_ptr<const Room> room;
  bool edited = false;
};
struct MessageDeleted {
  std::shared_ptr<const Message> message;
};
struct RoomCreated {
  std::shared_ptr<const Room> room;
  std::shared_ptr<const User> owner;
};
struct RoomArchived {
  std::shared_ptr<const Room> room;
  std::shared_ptr<const User> user;
};
struct RoomJoined {
  std::shared_ptr<const Room> room;
  std::shared_ptr<const User> user;
};
struct RoomLeft {
  std::shared_ptr<const Room> room;
  std::shared_ptr<const User> user;
};
struct UserCreated {
  std::shared_ptr<const User> user;
};
// A delivery was queued or its line changed: the scheduler wakes up. The row is the truth.
struct DeliveryQueued {
  std::shared_ptr<const Delivery> delivery;
};
// Deliveries were dropped before their next attempt: the scheduler forgets them.
struct DeliveriesCancelled {
  std::shared_ptr<const std::vector<Delivery>> deliveries;
};

using Event = std::variant<MessageSent, MessageDeleted, RoomCreated, RoomArchived, RoomJoined,
                           RoomLeft, UserCreated, DeliveryQueued, DeliveriesCancelled>;

class Tx;

// Runs inside the transaction of the event, on the writer thread. An error fails the write.
class EventRecorder {
 public:
  virtual ~EventRecorder() = default;
  virtual Result<void> record(Tx& tx, const Event& event) = 0;
};

// Runs after the commit, on the writer thread: hands the event on and returns at once.
class EventFollower {
 public:
  virtual ~EventFollower() = default;
  virtual void follow(const Event& event) = 0;
};

}  // namespace gantry::domain
