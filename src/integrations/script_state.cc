#include "integrations/script_state.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/crypto.h"
#include "domain/error_codes.h"

namespace gantry::integrations {
namespace {

// As long as a run may take at most.
constexpr std::chrono::seconds kTurnWaitMax{10};

// A script that reaches Store by another way than its name runs beside others and keeps what the
// last of them wrote.
bool names_store(const domain::Integration& integration) {
  return integration.script && integration.script->find("Store") != std::string::npos;
}

}  // namespace

std::string revision_of(const domain::Integration& integration) {
  return base64url_encode(sha256(integration.script_compiled.value_or("")));
}

ScriptState::ScriptState(const domain::Integration& integration, std::string revision,
                         domain::Store& store, std::shared_ptr<Memory> memory)
    : id_(integration.id),
      revision_(std::move(revision)),
      starts_fresh_(integration.fresh_state.value_or(false)),
      one_by_one_(!starts_fresh_ && names_store(integration)),
      store_(store),
      memory_(std::move(memory)) {}

Task<ScriptState::Turn> ScriptState::take_turn() {
  if (!one_by_one_) co_return Turn(nullptr);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::optional<Strand> strand;
  {
    const std::lock_guard lock(mutex_);
    if (!strand_) strand_.emplace(asio::make_strand(executor));
    strand = strand_;
  }
  const auto self = shared_from_this();
  const bool taken = co_await asio::co_spawn(*strand, wait_for_turn(), asio::use_awaitable);
  if (!taken) co_return ErrorCode::Busy;
  co_return Turn(self);
}

asio::awaitable<bool> ScriptState::wait_for_turn() {
  if (!taken_) {
    taken_ = true;
    co_return true;
  }
  Waiter waiter(*strand_);
  waiting_.push_back(&waiter);
  waiter.wake.expires_after(kTurnWaitMax);
  boost::system::error_code ignored;
  co_await waiter.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (!waiter.has_turn) waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &waiter));
  co_return waiter.has_turn;
}

void ScriptState::end_turn() {
  asio::post(*strand_, [self = shared_from_this()] {
    if (self->waiting_.empty()) {
      self->taken_ = false;
      return;
    }
    Waiter& next = *self->waiting_.front();
    self->waiting_.pop_front();
    next.has_turn = true;
    next.wake.cancel();
  });
}

Task<json::object> ScriptState::content() {
  if (starts_fresh_) co_return json::object{};
  {
    const std::lock_guard lock(mutex_);
    if (!content_ && memory_->is_empty_on_disk) content_.emplace();
    if (content_) co_return *content_;
  }
  const std::function<Result<json::object>(const domain::Tx&)> work =
      [id = id_, revision = revision_](const domain::Tx& tx) -> Result<json::object> {
    return tx.deliveries().find_script_state(id, revision).value_or(json::object{});
  };
  CO_TRY(json::object stored, co_await store_.read<json::object>(work));
  const std::lock_guard lock(mutex_);
  if (!content_) {
    memory_->is_empty_on_disk = stored.empty();
    content_ = std::move(stored);
  }
  co_return *content_;
}

void ScriptState::put(json::object content) {
  const std::lock_guard lock(mutex_);
  memory_->is_empty_on_disk = false;
  content_ = std::move(content);
}

void ScriptState::save_in(domain::Tx& tx) const {
  const auto integration = tx.integrations().find(id_);
  if (!integration || revision_of(*integration) != revision_) return;
  const std::lock_guard lock(mutex_);
  if (content_) tx.deliveries().put_script_state(id_, revision_, *content_);
}

}  // namespace gantry::integrations
