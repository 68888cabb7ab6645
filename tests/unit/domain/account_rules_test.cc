#include "domain/account_rules.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

ErrorCode refusal_of(const AccountDraft& draft, BlockedNames blocked = BlockedNames::Refused) {
  const Settings settings;
  const Result<void> checked = check_draft(draft, settings, blocked);
  return checked ? ErrorCode::Internal : checked.error().code;
}

constexpr ErrorCode kFits = ErrorCode::Internal;

TEST(AccountRules, mail_addresses_have_one_at_and_nothing_that_breaks_a_header) {
  const std::pair<const char*, ErrorCode> rows[] = {
      {"a@b", kFits},
      {"first.last+tag@sub.example.org", kFits},
      {"", kFits},  // no address at all
      {"@b", ErrorCode::InvalidEmail},
      {"a@", ErrorCode::InvalidEmail},
      {"a@b@c", ErrorCode::InvalidEmail},
      {"a b@c", ErrorCode::InvalidEmail},
      {"a@c\r\nBcc: x@y", ErrorCode::InvalidEmail},
      {"<a@c>", ErrorCode::InvalidEmail},
      {"a@c,b@d", ErrorCode::InvalidEmail},
  };
  for (const auto& [address, wanted] : rows) {
    AccountDraft draft;
    draft.email = address;
    EXPECT_EQ(refusal_of(draft), wanted) << address;
  }
}

TEST(AccountRules, usernames_fit_the_pattern_as_a_whole) {
  const std::pair<std::string, ErrorCode> rows[] = {
      {"a", kFits},
      {"A-b_c.9", kFits},
      {"", ErrorCode::InvalidField},
      {"two words", ErrorCode::InvalidField},
      {"line\n", ErrorCode::InvalidField},
      {"\xc3\xa9t\xc3\xa9", ErrorCode::InvalidField},
      {std::string(kUsernameMax, 'a'), kFits},
      {std::string(kUsernameMax + 1, 'a'), ErrorCode::InvalidField},
  };
  for (const auto& [name, wanted] : rows) {
    AccountDraft draft;
    draft.username = name;
    EXPECT_EQ(refusal_of(draft), wanted) << name;
  }
}

TEST(AccountRules, reserved_names_are_refused_in_any_case) {
  Settings settings;
  settings.set(Setting::BlockedUsernames, json::value("captain , Mate"));
  for (const char* name : {"all", "HERE", "Admin", "captain", "MATE"}) {
    EXPECT_TRUE(is_blocked_username(settings, name)) << name;
  }
  for (const char* name : {"alll", "mates", "capt", ""}) {
    EXPECT_FALSE(is_blocked_username(settings, name)) << name;
  }
  AccountDraft draft;
  draft.username = "admin";
  EXPECT_EQ(refusal_of(draft), ErrorCode::BlockedUsername);
  EXPECT_EQ(refusal_of(draft, BlockedNames::Allowed), kFits);
}

TEST(AccountRules, lengths_count_characters) {
  AccountDraft draft;
  for (std::size_t i = 0; i < kBioMax; ++i) draft.bio = draft.bio.value_or("") + "\xc3\xa9";
  EXPECT_EQ(refusal_of(draft), kFits);
  *draft.bio += "x";
  EXPECT_EQ(refusal_of(draft), ErrorCode::BioTooLong);
}

TEST(AccountRules, names_hold_no_markup_even_escaped) {
  for (const char* name : {"<b>", "a>b", "%3Cscript", "x%3e"}) {
    AccountDraft draft;
    draft.name = name;
    EXPECT_EQ(refusal_of(draft), ErrorCode::Failure) << name;
  }
}

TEST(AccountRules, a_new_mail_address_is_not_verified_and_the_same_one_stays_so) {
  User user;
  user.emails = {{"ada@gantry.test", true}};
  AccountDraft draft;
  draft.email = "ADA@gantry.test";
  apply_draft(draft, user);
  EXPECT_TRUE(user.emails.front().verified);
  draft.email = "other@gantry.test";
  apply_draft(draft, user);
  EXPECT_FALSE(user.emails.front().verified);
  draft.email = "";
  draft.email_verified = true;
  apply_draft(draft, user);
  EXPECT_TRUE(user.emails.empty());
}

}  // namespace
}  // namespace gantry::domain
