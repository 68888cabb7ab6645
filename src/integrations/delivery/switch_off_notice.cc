#include "integrations/delivery/switch_off_notice.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/derived_id.h"
#include "base/log.h"
#include "domain/error_codes.h"
#include "domain/posting.h"
#include "domain/room_membership.h"
#include "integrations/delivery/reply_content.h"

namespace gantry::integrations {
namespace {

constexpr std::string_view kSender = "rocket.cat";
constexpr std::size_t kShownNameBytes = 100;
// A direct room has two.
constexpr std::int64_t kMembershipsOfRoom = 2;

using UserPtr = std::shared_ptr<const domain::User>;

// As it is in the transaction, or nothing when nobody reads what it gets.
UserPtr reader(const domain::Tx& tx, const domain::UserId& id) {
  auto user = tx.users().find(id);
  if (!user || !user->active) return nullptr;
  return std::make_shared<const domain::User>(*std::move(user));
}

UserPtr oldest_administrator(const domain::Tx& tx, const domain::Directory& directory) {
  UserPtr oldest;
  for (const UserPtr& user : directory.list_users()) {
    if (!user->active || !user->has_role(domain::kAdminRole)) continue;
    if (!oldest ||
        std::tie(user->created_at, user->id) < std::tie(oldest->created_at, oldest->id)) {
      oldest = user;
    }
  }
  return oldest ? reader(tx, oldest->id) : nullptr;
}

// Backquotes make it code, in which nothing is a mention or a link.
std::string as_code(std::string_view text) {
  std::string out(first_bytes(text, kShownNameBytes));
  if (out.size() < text.size()) out += "...";
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '`' || c == '\n' || c == '\r'; }, ' ');
  return '`' + out + '`';
}

std::string text_for(const NoticeAbout& about, const SwitchingOff& why, bool is_maker) {
  const domain::Integration& integration = about.integration;
  std::string text =
      fmt::format("The outgoing webhook {} ({}) was switched off: {}.\n", as_code(integration.name),
                  as_code(integration.id.text), why.reason);
  if (!is_maker) {
    const std::string maker = integration.created_by ? integration.created_by->username : "";
    text += fmt::format("Its maker{}{} cannot be told, so this comes to you.\n",
                        maker.empty() ? "" : " ", maker.empty() ? "" : as_code(maker));
  }
  text += fmt::format("Since: {}\nLast delivery: {}\n", to_iso(why.since),
                      as_code(about.delivery.id.text));
  text +=
      "What to do: look at that delivery and at the target. When the target is well, switch the "
      "webhook on again; what failed meanwhile can be delivered again from its log. Else remove "
      "the webhook.";
  return text;
}

// Nothing is written when it refuses.
Result<void> check_room(const domain::Tx& tx, const domain::Directory& directory,
                        const domain::User& sender, const domain::User& to,
                        const domain::MessageDraft& draft) {
  const auto room = domain::find_direct_room(tx, {sender.id, to.id});
  if (room) TRY_DO(domain::check_may_post(tx, directory, sender, *room));
  const std::int64_t limit = directory.settings()->get_int(domain::Setting::MembershipsMax);
  if (static_cast<std::int64_t>(directory.membership_count()) + kMembershipsOfRoom > limit) {
    return ErrorCode::CapacityReached;
  }
  return domain::check_draft(directory, sender, room.value_or(domain::Room{}), draft);
}

Result<void> tell(domain::Tx& tx, const NoticeAbout& about, const UserPtr& sender,
                  const UserPtr& to, std::string_view text) {
  domain::MessageDraft draft;
  draft.id = domain::MessageId{derived_id(about.delivery.id.text + " switched off")};
  const std::int64_t limit = about.directory.settings()->get_int(domain::Setting::MessageMaxSize);
  draft.text = limit > 0 ? first_bytes(text, static_cast<std::size_t>(limit)) : text;
  draft.parse_urls = false;
  draft.posted_by = about.integration.id;
  // Else the end of one webhook could be an event for the next that is about to end.
  draft.hook_depth = domain::kHookChainMax;
  TRY_DO(check_room(tx, about.directory, *sender, *to, draft));
  TRY(const domain::Room room,
      domain::ensure_direct_room(tx, about.directory, {sender, to}, about.now));
  TRY_DO(domain::post_in(tx, about.directory, *sender, room, std::move(draft), about.now));
  return Done{};
}

}  // namespace

void tell_maker(domain::Tx& tx, const NoticeAbout& about, const SwitchingOff& why) {
  const UserPtr sender = reader(tx, domain::UserId{kSender});
  if (!sender) return;
  UserPtr maker;
  if (about.integration.created_by) maker = reader(tx, about.integration.created_by->id);
  for (const bool is_maker : {true, false}) {
    const UserPtr to = is_maker ? maker : oldest_administrator(tx, about.directory);
    if (!to || to->id == sender->id) continue;
    const auto told = tell(tx, about, sender, to, text_for(about, why, is_maker));
    if (told) return;
    log::warn("switching off not told", {{"integration", about.integration.id.text},
                                         {"to", to->username},
                                         {"why", text_of(told.error())}});
  }
}

}  // namespace gantry::integrations
