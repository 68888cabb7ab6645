#include "dispatch/second_factor_check.h"

#include <vector>

#include "base/crypto.h"
#include "dispatch/routes.h"
#include "domain/error_codes.h"

namespace gantry::dispatch {
namespace {

using domain::Setting;

Error refused(ErrorCode code) {
  return Error(code).with_details(
      {{"method", "password"}, {"codeGenerated", false}, {"availableMethods", json::array{}}});
}

std::string fingerprint_of(const Call& call) {
  std::string text(call.headers.find("user-agent"));
  text += '\n';
  text += call.remote_address;
  return sha256(text);
}

}  // namespace

std::chrono::seconds SecondFactorCheck::remembered_for() const {
  return std::chrono::seconds{directory_.settings()->get_int(Setting::TwoFactorRemember)};
}

bool SecondFactorCheck::is_excused(SecondFactor wanted, const domain::Caller& caller,
                                   const std::string& fingerprint) const {
  const auto token = directory_.find_token(caller.token_hash);
  if (token && token->bypass_two_factor) return true;
  if (wanted == SecondFactor::EachTime) return false;
  const Time now = clock_.now();
  if (caller.user->created_at + remembered_for() > now) return true;
  const Passed passed = passed_.find(caller.token_hash);
  return passed.until > now && passed.fingerprint == fingerprint;
}

Admission SecondFactorCheck::check(SecondFactor wanted, const Call& call,
                                   const domain::Caller& caller) {
  if (wanted == SecondFactor::NotAsked || !caller.logged_in()) return std::monostate{};
  const auto settings = directory_.settings();
  if (!settings->get_bool(Setting::TwoFactorEnabled) ||
      !settings->get_bool(Setting::TwoFactorPassword) || caller.user->password_bcrypt.empty()) {
    return std::monostate{};
  }
  std::string fingerprint = fingerprint_of(call);
  if (is_excused(wanted, caller, fingerprint)) return std::monostate{};
  const std::string_view code = call.headers.find("x-2fa-code");
  if (code.empty()) return to_reply(refused(ErrorCode::TotpRequired));
  return compare({wanted, std::string(code), caller.user->password_bcrypt, caller.token_hash,
                  std::move(fingerprint)});
}

Task<void> SecondFactorCheck::compare(Question question) {
  const std::string code = domain::to_lower(question.code);
  const std::string hash = question.password_bcrypt;
  const std::function<bool()> work = [code, hash] { return bcrypt_matches(code, hash); };
  CO_TRY(const bool matches, co_await compute_.run<bool>(work, ErrorCode::Busy));
  if (!matches) co_return refused(ErrorCode::TotpInvalid);
  if (question.wanted != SecondFactor::EachTime) {
    passed_.put(question.token_hash, {question.fingerprint, clock_.now() + remembered_for()});
  }
  co_return Done{};
}

void SecondFactorCheck::sweep(Time now) {
  std::vector<std::string> ended;
  passed_.for_each([&](const std::string& token, const Passed& passed) {
    if (passed.until <= now) ended.push_back(token);
  });
  for (const std::string& token : ended) {
    passed_.update(token, [now](const Passed& passed) { return passed.until > now; });
  }
}

}  // namespace gantry::dispatch
