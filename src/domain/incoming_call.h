#pragma once
// The record of one call of an incoming webhook: what came, what the script did, what was posted
// and what the caller was told. A call with an idempotency key may hold it: then its answer is the
// answer of every later call with that key.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/stores.h"

namespace gantry::domain {

using IncomingCallId = Id<struct IncomingCallTag>;

// For so long a key is answered as before; later it is new.
inline constexpr std::chrono::hours kIdempotencyWindow{24};
inline constexpr std::size_t kIdempotencyKeyMax = 255;

struct IncomingScriptRun {
  std::string end;  // returned, threw, ...
  std::int64_t cpu_us = 0;
  std::int64_t memory_bytes = 0;
};

struct IncomingPost {
  RoomId room;
  MessageId message;
};

// What may hold a message's text; it goes when one of the call's messages is deleted.
struct IncomingCallContent {
  std::string query;
  std::optional<std::string> body;      // bounded
  std::optional<std::string> returned;  // by the script, as JSON text; bounded
  json::array console;                  // what the script printed: [{level, text}]
  std::string error;
  std::string answer;  // the body of the answer; whole when the call holds its key
};

struct IncomingCall {
  IncomingCallId id;
  IntegrationId integration;
  UserId integration_maker;  // as it was then; decides who may read the record
  Time created_at;
  Time finished_at;
  std::string idempotency_key;  // as given; empty: none
  bool holds_key = false;
  std::string body_hash;       // SHA-256 of the body, of calls with a key
  IncomingCallId answered_by;  // whose answer was given again
  std::string content_type;
  std::int64_t body_bytes = 0;  // of the whole body
  json::object headers;         // secrets masked
  std::optional<IncomingScriptRun> script;
  std::int64_t status = 0;  // of the answer
  std::vector<IncomingPost> posted;
  IncomingCallContent content;
  bool forgotten = false;  // a message was deleted, and the content with it

  bool ok() const { return status < 400; }
};

struct IncomingCallRange {
  IntegrationId integration;
  std::optional<UserId> maker;
  std::optional<bool> ok;
  std::optional<Time> from;
  std::optional<Time> to;  // exclusive
};

class IncomingCallStore {
 public:
  virtual ~IncomingCallStore() = default;
  virtual std::optional<IncomingCall> find(const IncomingCallId& id) const = 0;
  // Who holds the key and was made at or after `since`.
  virtual std::optional<IncomingCall> find_by_key(const IntegrationId& integration,
                                                  std::string_view key, Time since) const = 0;
  // Newest first, without their content.
  virtual Listed<IncomingCall> list(const IncomingCallRange& range, const Page& page) const = 0;
  // False: another record holds its key; one made before `keys_since` gives way. Nothing is kept
  // of an integration that is gone.
  virtual bool insert(const IncomingCall& call, Time keys_since) = 0;
  // Removes records made before the time, at most `count`; returns how many went.
  virtual std::int64_t prune(Time before, std::int64_t count) = 0;
};

}  // namespace gantry::domain
