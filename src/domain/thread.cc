#include "domain/thread.h"

#include <algorithm>

#include "domain/message_references.h"

namespace gantry::domain {
namespace {

void follow(Message& root, const UserId& user) {
  auto& followers = root.followers;
  if (std::find(followers.begin(), followers.end(), user) == followers.end()) {
    followers.push_back(user);
  }
}

}  // namespace

std::optional<Message> find_thread_root(const Tx& tx, const RoomId& room,
                                        const MessageId& message) {
  if (message.empty()) return std::nullopt;
  auto found = tx.messages().find(message);
  if (found && !found->thread.empty()) found = tx.messages().find(found->thread);
  if (!found || found->room != room) return std::nullopt;
  return found;
}

void add_reply(Tx& tx, Message root, const Message& reply) {
  if (root.reply_count == 0) follow(root, root.author.id);
  follow(root, reply.author.id);
  for (const UserId& user : mentioned_in(reply).users) follow(root, user);
  ++root.reply_count;
  root.last_reply_at = root.updated_at = reply.sent_at;
  tx.messages().update(root);
}

void remove_reply(Tx& tx, const Message& reply) {
  if (reply.thread.empty()) return;
  auto root = tx.messages().find(reply.thread);
  if (!root || root->reply_count == 0) return;
  if (--root->reply_count == 0) {
    root->last_reply_at.reset();
    root->followers.clear();
  }
  tx.messages().update(*root);
}

}  // namespace gantry::domain
