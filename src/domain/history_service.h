#pragma once
// Reading the messages and files of a room. Source: contract "resources" B.3 to B.5.

#include "domain/context.h"

namespace gantry::domain {

struct History {
  std::vector<Message> messages;  // newest first
  std::optional<Message> first_unread;
  std::int64_t unread_not_loaded = 0;
};

// Whether messages between `oldest` and the first of the page are told of.
enum class TellUnread { No, Yes };

enum class MessageOrder { NewestFirst, OldestFirst };

class HistoryService {
 public:
  explicit HistoryService(const Context& context) : context_(context) {}

  // Errors of all: Refused.
  // Types that the room hides are left out, here only.
  Task<History> read(Caller caller, std::shared_ptr<const Room> room, MessageRange range, Page page,
                     TellUnread unread);
  Task<Listed<Message>> list(Caller caller, std::shared_ptr<const Room> room, Page page,
                             MessageOrder order);
  Task<std::vector<Upload>> list_files(Caller caller, std::shared_ptr<const Room> room, Page page);

 private:
  Result<void> check_access(const Caller& caller, const Room& room) const;

  const Context context_;
};

}  // namespace gantry::domain
