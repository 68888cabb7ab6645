#pragma once
// One request from its first hop to its result. Made on the caller's thread, then owned and used
// by the loop's thread only; its address must not change while a hop runs.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include <curl/curl.h>

#include "egress/address_guard.h"
#include "egress/completion.h"
#include "egress/egress_options.h"
#include "egress/header_list.h"
#include "egress/reply_reader.h"
#include "egress/url.h"

namespace gantry::egress {

using SteadyTime = std::chrono::steady_clock::time_point;

class Transfer final : public Remains {
 public:
  enum class Step {
    Finished,  // take_result() has the end
    NextHop,   // a redirect: url() is another one
    SameHop,   // once more to the same place, in another way
  };

  Transfer(std::uint64_t id, HttpRequest request, std::shared_ptr<const Url> url,
           std::unique_ptr<Completion> completion);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  std::uint64_t id() const { return id_; }
  const Url& url() const { return *url_; }
  unsigned redirects() const { return redirects_; }

  // What refuses the coming hop before any look-up, or nothing.
  std::optional<HttpFailure> prepare_hop(const EgressOptions& options, SteadyTime now);
  // Sets all that differs from transfer to transfer.
  void configure(CURL* easy, const EgressOptions& options, SteadyTime now);
  Step hop_ended(CURL* easy, CURLcode code, const EgressOptions& options, SteadyTime now);
  HttpResult take_result() { return std::move(result_); }
  const asio::any_io_executor& executor() const { return completion_->executor(); }
  // On that executor, once.
  static void resume(std::unique_ptr<Transfer> transfer, HttpResult result);

  bool has_started() const { return started_.has_value(); }
  SteadyTime deadline() const { return *started_ + timeout_; }
  HttpFailure timeout_failure() const;

 private:
  void take_user_info();
  void set_method(CURL* easy);
  Step probe_ended(CURL* easy, CURLcode code, const EgressOptions& options);
  Step follow(const std::string& location);
  Step finish(HttpResult result);
  Step finish_with_reply(CURL* easy, SteadyTime now);

  const std::uint64_t id_;
  HttpRequest request_;
  std::shared_ptr<const Url> url_;
  std::unique_ptr<Completion> completion_;
  AddressGuard guard_;
  ReplyReader reader_;
  HttpResult result_;
  HeaderList header_list_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::optional<SteadyTime> started_;
  Milliseconds timeout_{};
  std::string proxy_;
  AddressGuard::Route route_ = AddressGuard::Route::Direct;
  bool probed_ = false;  // the proxied name has been judged
  bool wants_new_connection_ = false;
  unsigned redirects_ = 0;
};

}  // namespace gantry::egress
