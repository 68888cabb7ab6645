#pragma once
// Bugs that the crash test must find, put between the engine and its store: a checker that never
// saw a bug proves nothing. None of them is in the program; the server of the tests takes one by
// name.

#include <memory>
#include <optional>
#include <string_view>

#include "domain/store.h"

namespace gantry::testing {

enum class Bug {
  OutboxApart,        // the rows of the outbox are written after the message's transaction
  ReplyApart,         // the reply is written before the end of its attempt, which gets a new number
  ReplyLate,          // the reply is written after the end of its delivery
  StoreApart,         // what a script stored is written after the end of its attempt
  KeyApart,           // the idempotency key is written after the messages of its call
  RetryCountedTwice,  // a failed attempt counts as two
  AttemptReused,      // the next attempt has the number of the failed one
  RetryForgotten,     // the start takes up no deliveries that wait for a retry
  WaitForgotten,      // the start takes retries for due
  LostWakeUp,         // now and then the scheduler is not told of a delivery
  DoubleClaim,        // now and then it is told twice
  OrderDropped,       // each delivery has a line of its own
  AckBeforeSync,      // a commit does not wait for the disk
};

std::optional<Bug> find_bug(std::string_view name);

std::unique_ptr<domain::Store> with_bug(domain::Store& store, Bug bug);
std::unique_ptr<domain::EventFollower> with_bug(domain::EventFollower& follower, Bug bug);

}  // namespace gantry::testing
