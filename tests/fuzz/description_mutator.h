#pragma once
// Changes descriptions of integrations member by member, since changed bytes are seldom JSON still.

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "base/json.h"

namespace gantry::fuzz {

class DescriptionMutator {
 public:
  explicit DescriptionMutator(unsigned seed) : random_(seed) {}

  // One member is another, one more or one less.
  void change(json::object& description) {
    const std::size_t kind = pick(6);
    if (description.empty() || kind == 0) {
      description[one_of(kKeys)] = any_value();
      return;
    }
    auto member = description.begin() + static_cast<std::ptrdiff_t>(pick(description.size()));
    if (kind == 1) {
      description.erase(member);
    } else if (member->value().is_object() && kind < 5) {
      change(member->value().get_object());
    } else {
      change(member->value());
    }
  }

  std::size_t pick(std::size_t count) { return random_() % count; }

 private:
  void change(json::value& value) {
    if (value.is_array() && !value.get_array().empty() && pick(2) == 0) {
      json::array& list = value.get_array();
      if (pick(3) == 0) list.push_back(list[pick(list.size())]);
      change(list[pick(list.size())]);
    } else if (value.is_string() && pick(2) == 0) {
      const std::string text(value.get_string());
      const std::string piece(one_of(kPieces));
      const std::size_t at = pick(2) == 0 ? 0 : pick(text.size() + 1);
      value = text.substr(0, at) + piece + text.substr(at);
    } else {
      value = any_value();
    }
  }

  json::value any_value() {
    switch (pick(6)) {
      case 0:
        return pick(2) == 0;
      case 1:
        return static_cast<std::int64_t>(pick(5)) - 1;
      case 2:
        return json::array{json::string(one_of(kWords)), json::string(one_of(kWords))};
      case 3:
        return json::object{{one_of(kKeys), one_of(kWords)}};
      case 4:
        return nullptr;
      default:
        return json::string(one_of(kWords));
    }
  }

  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& list) {
    return list[pick(N)];
  }

  static constexpr std::array<std::string_view, 32> kKeys = {"_id",
                                                             "type",
                                                             "name",
                                                             "enabled",
                                                             "username",
                                                             "channel",
                                                             "alias",
                                                             "avatar",
                                                             "emoji",
                                                             "token",
                                                             "scriptEnabled",
                                                             "skipTranspile",
                                                             "freshState",
                                                             "scriptFile",
                                                             "overrideDestinationChannelEnabled",
                                                             "verification",
                                                             "preset",
                                                             "toleranceSeconds",
                                                             "header",
                                                             "algorithm",
                                                             "encoding",
                                                             "secrets",
                                                             "event",
                                                             "urls",
                                                             "targetRoom",
                                                             "triggerWords",
                                                             "triggerWordAnywhere",
                                                             "runOnEdits",
                                                             "retryCount",
                                                             "retryDelay",
                                                             "retryFailedCalls",
                                                             "signingSecrets"};
  static constexpr std::array<std::string_view, 20> kWords = {"",
                                                              "a",
                                                              "webhook-incoming",
                                                              "webhook-outgoing",
                                                              "sendMessage",
                                                              "userCreated",
                                                              "#ops",
                                                              "@ada",
                                                              "all_public_channels",
                                                              "standard-webhooks",
                                                              "github",
                                                              "gitlab",
                                                              "stripe",
                                                              "slack",
                                                              "hmac",
                                                              "none",
                                                              "sha512",
                                                              "base64",
                                                              "ci.js",
                                                              "x.js"};
  static constexpr std::array<std::string_view, 10> kPieces = {
      "../", "./", "/", ",", "-", "\n", "\xc3\xa9", ".json", ".js", "a"};

  std::minstd_rand random_;
};

}  // namespace gantry::fuzz
