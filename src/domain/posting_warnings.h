#pragma once
// What will keep an integration from posting, as things stand: told to who saves it, since the next
// sign would be a failed call or reply. Asks the rules of posting themselves.

#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::domain {

// More are not listed.
inline constexpr std::size_t kPostingWarningsMax = 50;

struct PostingWarning {
  std::string code;
  std::string message;
  std::string room;  // as the integration names it
};

// In the order of its rooms. Empty also when it cannot be known: the room of an event that may be
// any.
std::vector<PostingWarning> posting_warnings(const Tx& tx, const Directory& directory,
                                             const Integration& integration);

}  // namespace gantry::domain
