#include "domain/posting_warnings.h"

#include "domain/error_codes.h"
#include "domain/posting.h"
#include "domain/posting_refusal.h"
#include "domain/room_access.h"

namespace gantry::domain {
namespace {

// Whoever sends the event is the sender then: what is due to an account is not known before.
bool depends_on_sender(ErrorCode why) {
  return why != ErrorCode::RoomIsArchived && why != ErrorCode::InvalidChannelTarget;
}

std::optional<Room> find_room(const Tx& tx, std::string_view name) {
  if (auto room = tx.rooms().find(RoomId{name})) return room;
  return tx.rooms().find_by_name(name);
}

class PostingWarnings {
 public:
  PostingWarnings(const Tx& tx, const Directory& directory, const Integration& integration)
      : tx_(tx), directory_(directory), integration_(integration) {
    draft_.alias = integration.alias.value_or("");
    draft_.avatar = integration.avatar.value_or("");
  }

  std::vector<PostingWarning> list() {
    sender_ = directory_.find_user_by_name(integration_.username);
    if (!sender_) {
      out_.push_back({"no-account", "there is no account " + integration_.username, ""});
    } else if (integration_.type == IntegrationType::Incoming) {
      for (const std::string& channel : integration_.channels) check_target(channel);
    } else if (!is_blank(integration_.target_room.value_or(""))) {
      check_target(*integration_.target_room);
      if (!out_.empty() && gives_way()) {
        out_.back().message += ", so replies go to the room of the event";
      }
    } else {
      for (const std::string& channel : integration_.channels) check_event_room(channel);
    }
    return std::move(out_);
  }

 private:
  void warn(ErrorCode why, const std::string& room) {
    if (out_.size() >= kPostingWarningsMax) return;
    if (integration_.impersonate_user.value_or(false) && depends_on_sender(why)) return;
    auto refusal = describe_refusal(why, sender_->username, room);
    if (refusal) out_.push_back({std::string(refusal->code), std::move(refusal->message), room});
  }
  void check_target(const std::string& target) {
    const auto found = check_post(tx_, directory_, *sender_, target, draft_);
    if (!found) warn(found.error().code, target);
  }
  // A target that is not there, or a public one that refuses.
  bool gives_way() const {
    if (info_of(integration_.event).uses_target_room) return false;
    std::string_view target = *integration_.target_room;
    if (target.starts_with('#')) target.remove_prefix(1);
    const auto room = find_room(tx_, target);
    return !room || room->type == RoomType::Channel;
  }
  // Of direct rooms and scopes it is not known which one it will be.
  void check_event_room(const std::string& channel) {
    if (!channel.starts_with('#')) return;
    const auto room = find_room(tx_, std::string_view(channel).substr(1));
    if (!room) return warn(ErrorCode::InvalidChannelTarget, channel);
    auto fits = check_may_post(tx_, directory_, *sender_, *room);
    if (fits) fits = check_draft(directory_, *sender_, *room, draft_);
    if (!fits) warn(fits.error().code, channel);
  }

  const Tx& tx_;
  const Directory& directory_;
  const Integration& integration_;
  std::shared_ptr<const User> sender_;
  MessageDraft draft_;
  std::vector<PostingWarning> out_;
};

}  // namespace

std::vector<PostingWarning> posting_warnings(const Tx& tx, const Directory& directory,
                                             const Integration& integration) {
  return PostingWarnings(tx, directory, integration).list();
}

}  // namespace gantry::domain
