#include "integrations/delivery/retry_schedule.h"

#include <gtest/gtest.h>

namespace gantry::integrations {
namespace {

using namespace std::chrono_literals;

TEST(RetrySchedule, named_forms_have_exact_waits) {
  RecordProperty("covers",
                 "integrations 12/wait-1, integrations 12/wait-2, integrations 12/wait-3");
  const struct {
    std::string_view delay;
    std::vector<std::int64_t> waits_ms;
  } cases[] = {
      {"powers-of-ten", {100, 1000, 10'000, 100'000, 1'000'000, 10'000'000}},
      {"powers-of-two", {2000, 4000, 8000, 16'000, 32'000}},
      {"increments-of-two", {2000, 4000, 6000, 8000, 10'000}},
  };
  for (const auto& one : cases) {
    for (std::size_t tries = 0; tries < one.waits_ms.size(); ++tries) {
      for (const double jitter : {0.0, 0.999}) {
        EXPECT_EQ(retry_wait(one.delay, static_cast<int>(tries), jitter),
                  Milliseconds{one.waits_ms[tries]})
            << one.delay << " " << tries;
      }
    }
  }
}

TEST(RetrySchedule, other_words_have_no_wait) {
  RecordProperty("covers", "integrations 12/wait-4");
  for (const std::string_view delay : {"", "powers-of-three", "Powers-Of-Ten", "powers-of-ten "}) {
    EXPECT_EQ(retry_wait(delay, 0, 0), std::nullopt) << delay;
  }
}

TEST(RetrySchedule, waits_do_not_overflow) {
  for (const std::string_view delay :
       {"powers-of-ten", "powers-of-two", "increments-of-two", "policy"}) {
    Milliseconds before{0};
    for (const int tries : {0, 5, 12, 13, 40, 41, 62, 63, 64, 1'000'000}) {
      const auto wait = retry_wait(delay, tries, 0);
      ASSERT_TRUE(wait) << delay;
      EXPECT_GE(*wait, before) << delay << " " << tries;
      before = *wait;
    }
  }
}

TEST(RetrySchedule, policy_grows_to_six_hours_with_a_fifth_of_jitter) {
  RecordProperty("covers", "integrations 12/policy");
  const std::vector<std::int64_t> seconds = {5, 20, 80, 320, 1280, 5120, 20'480, 21'600, 21'600};
  for (std::size_t tries = 0; tries < seconds.size(); ++tries) {
    const Milliseconds base = std::chrono::seconds{seconds[tries]};
    EXPECT_EQ(retry_wait("policy", static_cast<int>(tries), 0), base) << tries;
    const auto most = retry_wait("policy", static_cast<int>(tries), 0.999);
    ASSERT_TRUE(most);
    EXPECT_GT(*most, base + base / 6) << tries;
    EXPECT_LT(*most, base + base / 5) << tries;
  }
}

TEST(RetrySchedule, policy_alone_knows_an_age) {
  RecordProperty("covers", "integrations 12/policy");
  const Time created = from_epoch_ms(1'000'000);
  EXPECT_FALSE(is_too_old("policy", created, created + 72h));
  EXPECT_TRUE(is_too_old("policy", created, created + 72h + 1ms));
  EXPECT_FALSE(is_too_old("powers-of-ten", created, created + 1000h));
}

TEST(RetrySchedule, policy_tries_again_what_may_pass) {
  RecordProperty("covers", "integrations 12/policy");
  for (const unsigned status : {408U, 425U, 429U, 500U, 502U, 503U, 504U, 599U}) {
    EXPECT_TRUE(policy_retries(status)) << status;
  }
  for (const unsigned status : {203U, 301U, 400U, 401U, 403U, 404U, 409U, 410U, 422U, 499U}) {
    EXPECT_FALSE(policy_retries(status)) << status;
  }
}

TEST(RetrySchedule, what_is_not_said_is_the_setting) {
  RecordProperty("covers", "integrations 12/default-retry");
  domain::Settings settings;
  const domain::Integration silent;
  const RetryRules on = retry_rules_of(silent, settings);
  EXPECT_TRUE(on.enabled);
  EXPECT_EQ(on.count, 6);
  EXPECT_EQ(on.delay, "powers-of-ten");
  settings.set(domain::Setting::RetryByDefault, false);
  EXPECT_FALSE(retry_rules_of(silent, settings).enabled);

  domain::Integration said;
  said.retry_failed_calls = true;
  said.retry_count = 3;
  said.retry_delay = "policy";
  const RetryRules own = retry_rules_of(said, settings);
  EXPECT_TRUE(own.enabled);
  EXPECT_EQ(own.count, 3);
  EXPECT_EQ(own.delay, "policy");
  said.retry_failed_calls = false;
  settings.set(domain::Setting::RetryByDefault, true);
  EXPECT_FALSE(retry_rules_of(said, settings).enabled);
}

TEST(RetrySchedule, retry_after_is_seconds_or_a_date) {
  RecordProperty("covers", "integrations 12/retry-after");
  const Time now = *from_iso("2026-03-04T10:00:00.000Z");
  const struct {
    std::string_view header;
    std::optional<Milliseconds> wait;
  } cases[] = {
      {"120", 120s},
      {"0", 0s},
      {"Wed, 04 Mar 2026 10:01:30 GMT", 90s},
      {"Wed, 04 Mar 2026 09:00:00 GMT", 0s},
      {"99999999999", 366 * 24h},
      {"", std::nullopt},
      {"-5", std::nullopt},
      {"1.5", std::nullopt},
      {"soon", std::nullopt},
      {"12 s", std::nullopt},
      {"99999999999999999999999", std::nullopt},
  };
  for (const auto& one : cases)
    EXPECT_EQ(read_retry_after(one.header, now), one.wait) << one.header;
}

}  // namespace
}  // namespace gantry::integrations
