#pragma once
// The store: transactions as plain functions on the store's own threads.
//
// A write function may run more than once (its group failed and is run one by one), so it has no
// effects outside the Tx; ids and times are made before and captured. An Error rolls its own
// work back and nothing else. When write() gives success, the data is on disk, the directory
// shows it, and the followers have been told.
// Errors beside the function's own: StorageFull, StorageFailed, Busy (the queue is full).

#include <functional>

#include "base/task.h"
#include "domain/event.h"
#include "domain/incoming_call.h"
#include "domain/record_store.h"
#include "domain/script_version.h"
#include "domain/stores.h"

namespace gantry::domain {

class Tx {
 public:
  virtual ~Tx() = default;
  virtual UserStore& users() = 0;
  virtual RoomStore& rooms() = 0;
  virtual SubscriptionStore& subscriptions() = 0;
  virtual MessageStore& messages() = 0;
  virtual UploadStore& uploads() = 0;
  virtual RightsStore& rights() = 0;
  virtual SettingStore& settings() = 0;
  virtual IntegrationStore& integrations() = 0;
  virtual DeliveryStore& deliveries() = 0;
  virtual IncomingCallStore& incoming_calls() = 0;
  virtual RecordStore& records() = 0;
  virtual ScriptVersionStore& script_versions() = 0;

  virtual const UserStore& users() const = 0;
  virtual const RoomStore& rooms() const = 0;
  virtual const SubscriptionStore& subscriptions() const = 0;
  virtual const MessageStore& messages() const = 0;
  virtual const UploadStore& uploads() const = 0;
  virtual const RightsStore& rights() const = 0;
  virtual const SettingStore& settings() const = 0;
  virtual const IntegrationStore& integrations() const = 0;
  virtual const DeliveryStore& deliveries() const = 0;
  virtual const IncomingCallStore& incoming_calls() const = 0;
  virtual const RecordStore& records() const = 0;
  virtual const ScriptVersionStore& script_versions() const = 0;

  // Announces what happened: recorders run now, followers after the commit.
  virtual Result<void> record(Event event) = 0;
};

// Whether somebody waits for a write. One that nobody waits for may begin some milliseconds later,
// with others in the same commit, which costs the disk and the processor much less.
enum class Urgency { Now, Soon };

class Store {
 public:
  virtual ~Store() = default;

  template <class T>
  Task<T> write(std::function<Result<T>(Tx&)> work, Urgency urgency = Urgency::Now) {
    Result<T> out;
    // Safety: `out` and `work` live in this frame until the store has resumed it.
    const std::function<Result<void>(Tx&)> keeping = [&out, &work](Tx& tx) -> Result<void> {
      out = work(tx);
      if (!out) return out.error();
      return Done{};
    };
    CO_TRY_DO(co_await run_write(keeping, urgency));
    co_return out;
  }

  template <class T>
  Task<T> read(std::function<Result<T>(const Tx&)> work) {
    Result<T> out;
    CO_TRY_DO(co_await run_read([&out, &work](const Tx& tx) -> Result<void> {
      out = work(tx);
      return Done{};
    }));
    co_return out;
  }

  // For the start and for commands, where nothing else runs yet. Blocks.
  virtual Result<void> write_now(const std::function<Result<void>(Tx&)>& work) = 0;
  virtual Result<void> read_now(const std::function<Result<void>(const Tx&)>& work) = 0;

 protected:
  virtual Task<void> run_write(std::function<Result<void>(Tx&)> work, Urgency urgency) = 0;
  virtual Task<void> run_read(std::function<Result<void>(const Tx&)> work) = 0;
};

template <>
inline Task<void> Store::write<void>(std::function<Result<void>(Tx&)> work, Urgency urgency) {
  co_return co_await run_write(std::move(work), urgency);
}

}  // namespace gantry::domain
