// What a record of an incoming call says of it: bounds, masks, keys.

#include "integrations/incoming/call_record.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::integrations {
namespace {

constexpr Time kNow = from_epoch_ms(1'000);

HookCall call_with(std::vector<std::pair<std::string, std::string>> headers) {
  HookCall out;
  out.headers = std::move(headers);
  return out;
}

TEST(call_record, masks_what_may_be_a_secret) {
  domain::CallVerification verification;
  verification.header = "X-Proof";
  for (const char* name :
       {"authorization", "proxy-authorization", "cookie", "x-auth-token", "x-gitlab-token",
        "x-hub-signature-256", "webhook-signature", "x-api-key", "x-proof"}) {
    EXPECT_EQ(shown_header(name, "v", verification), "(masked)") << name;
  }
  for (const char* name : {"content-type", "user-agent", "webhook-id", "x-github-delivery"}) {
    EXPECT_EQ(shown_header(name, "v", verification), "v") << name;
  }
}

TEST(call_record, bounds_and_repairs_texts) {
  HookCall call =
      call_with({{"x-a", std::string(kKeptHeaderMax + 1, 'a')}, {"x-b", "1"}, {"x-b", "2"}});
  call.body = std::string(kKeptTextMax, 'b') + "more";
  call.query = "\xff";
  const auto record = begin_record(call, {}, KeepBodies::Yes, kNow);
  EXPECT_EQ(record.body_bytes, static_cast<std::int64_t>(kKeptTextMax + 4));
  EXPECT_EQ(record.content.body->size(), kKeptTextMax);
  EXPECT_EQ(record.content.query, "\xEF\xBF\xBD");
  EXPECT_EQ(text_of(record.headers, "x-a").size(), kKeptHeaderMax);
  EXPECT_EQ(text_of(record.headers, "x-b"), "1, 2");
}

TEST(call_record, keeps_no_bodies_when_they_are_not_wanted) {
  HookCall call;
  call.body = "body";
  call.query = "query";
  auto record = begin_record(call, {}, KeepBodies::No, kNow);
  script::RunOutcome outcome;
  outcome.status = script::RunStatus::Returned;
  outcome.result = json::value("result");
  record_run(record, outcome, KeepBodies::No);
  EXPECT_EQ(record.body_bytes, 4);
  EXPECT_FALSE(record.content.body);
  EXPECT_EQ(record.content.query, "");
  EXPECT_FALSE(record.content.returned);
  EXPECT_EQ(record.script->end, "returned");
}

TEST(call_record, takes_the_first_key_header) {
  EXPECT_EQ(*read_idempotency_key(call_with({})), "");
  EXPECT_EQ(*read_idempotency_key(call_with({{"x-github-delivery", "g"}})), "g");
  EXPECT_EQ(*read_idempotency_key(call_with({{"x-github-delivery", "g"}, {"webhook-id", "w"}})),
            "w");
  EXPECT_EQ(*read_idempotency_key(call_with({{"webhook-id", "w"}, {"idempotency-key", "i"}})), "i");
  EXPECT_TRUE(read_idempotency_key(
      call_with({{"webhook-id", std::string(domain::kIdempotencyKeyMax, 'k')}})));
  for (const std::string& bad : {std::string(domain::kIdempotencyKeyMax + 1, 'k'),
                                 std::string("a b"), std::string("\xff")}) {
    const auto key = read_idempotency_key(call_with({{"webhook-id", bad}}));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::IdempotencyKeyInvalid);
  }
}

bool holds_after(const Result<HookAnswer>& answer, script::RunStatus status) {
  domain::IncomingCall record;
  record.holds_key = true;
  script::RunOutcome outcome;
  outcome.status = status;
  record_run(record, outcome, KeepBodies::Yes);
  end_record(record, answer, KeepBodies::Yes, kNow);
  return record.holds_key;
}

TEST(call_record, faults_of_ours_are_no_answers_to_keep) {
  using script::RunStatus;
  EXPECT_TRUE(holds_after(HookAnswer{200, "{}"}, RunStatus::Returned));
  EXPECT_TRUE(holds_after(failure("no"), RunStatus::Threw));
  EXPECT_TRUE(holds_after(failure("no"), RunStatus::LimitExceeded));
  EXPECT_FALSE(holds_after(failure("no"), RunStatus::EngineBusy));
  EXPECT_FALSE(holds_after(failure("no"), RunStatus::EngineFailed));
  EXPECT_FALSE(holds_after(ErrorCode::StorageFull, RunStatus::Returned));
  EXPECT_FALSE(holds_after(ErrorCode::Internal, RunStatus::Returned));
}

TEST(call_record, an_answer_is_whole_only_where_it_is_given_again) {
  const HookAnswer long_answer{200, std::string(kKeptTextMax + 1, 'x')};
  domain::IncomingCall record;
  end_record(record, long_answer, KeepBodies::Yes, kNow);
  EXPECT_EQ(record.content.answer.size(), kKeptTextMax);
  record.holds_key = true;
  end_record(record, long_answer, KeepBodies::Yes, kNow);
  EXPECT_EQ(record.content.answer, long_answer.body);
}

TEST(call_record, what_secret_headers_hold_is_nowhere_else) {
  HookCall call = call_with({{"authorization", "Bearer of-good-news"},
                             {"cookie", "session=crumbs-of-it"},
                             {"x-proof", "proven-by-this"},
                             {"x-plain", "plain-enough"}});
  call.token = "token-of-hook";
  domain::CallVerification verification;
  verification.header = "X-Proof";
  domain::IncomingCallContent content;
  content.query = "a=token-of-hook";
  content.body = "plain-enough crumbs-of-it";
  content.returned = "\"of-good-news\"";
  content.console = {{{"level", "log"}, {"text", "Bearer of-good-news, session=crumbs-of-it"}}};
  content.error = "Error: proven-by-this";
  mask_secrets(content, call, verification);
  EXPECT_EQ(content.query, "a=(masked)");
  EXPECT_EQ(content.body, "plain-enough (masked)");
  EXPECT_EQ(content.returned, "\"(masked)\"");
  EXPECT_EQ(content.console.at(0).at("text"), "(masked), (masked)");
  EXPECT_EQ(content.error, "Error: (masked)");
}

}  // namespace
}  // namespace gantry::integrations
