#include "scripted_names.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>

namespace gantry::egress::testing {
namespace {

struct State {
  ScriptedName script;
  unsigned look_ups = 0;
};

std::mutex mutex;
std::map<std::string, State>& states() {
  // Never destroyed: a resolver's thread that was given up may still look at it at exit.
  static auto& all = *new std::map<std::string, State>;
  return all;
}

using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

Lookup system_lookup() {
  static const auto found = reinterpret_cast<Lookup>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return found;
}

int look_up_numbers(const std::vector<std::string>& addresses, const char* service,
                    const addrinfo* hints, addrinfo** result) {
  addrinfo numeric = hints == nullptr ? addrinfo{} : *hints;
  numeric.ai_flags |= AI_NUMERICHOST;
  addrinfo* first = nullptr;
  addrinfo** end = &first;
  for (const std::string& address : addresses) {
    if (system_lookup()(address.c_str(), service, &numeric, end) != 0) continue;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  *result = first;
  return first == nullptr ? EAI_NONAME : 0;
}

}  // namespace

void script_name(const std::string& name, ScriptedName answers) {
  const std::lock_guard lock(mutex);
  states()[name] = State{std::move(answers), 0};
}

unsigned look_ups_of(const std::string& name) {
  const std::lock_guard lock(mutex);
  return states()[name].look_ups;
}

int look_up(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  std::vector<std::string> addresses;
  std::chrono::milliseconds delay{0};
  if (node != nullptr) {
    const std::lock_guard lock(mutex);
    const auto at = states().find(node);
    if (at != states().end()) {
      State& state = at->second;
      const auto& answers = state.script.answers;
      const std::size_t turn = std::min<std::size_t>(state.look_ups, answers.size() - 1);
      addresses = answers[turn];
      delay = state.script.delay;
      ++state.look_ups;
    }
  }
  std::this_thread::sleep_for(delay);
  if (!addresses.empty()) return look_up_numbers(addresses, service, hints, result);
  if (node == nullptr || node == std::string_view("localhost")) {
    return system_lookup()(node, service, hints, result);
  }
  return look_up_numbers({node}, service, hints, result);
}

TEST(ScriptedNames, answers_in_turn_and_knows_no_others) {
  script_name("turns.test", {{{"127.0.0.5"}, {"127.0.0.6"}}, {}});
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  std::vector<unsigned> last_bytes;
  for (int i = 0; i < 3; ++i) {
    addrinfo* found = nullptr;
    ASSERT_EQ(getaddrinfo("turns.test", "80", &hints, &found), 0);
    sockaddr_in address{};
    std::copy_n(reinterpret_cast<const char*>(found->ai_addr), sizeof address,
                reinterpret_cast<char*>(&address));
    last_bytes.push_back(ntohl(address.sin_addr.s_addr) & 0xff);
    freeaddrinfo(found);
  }
  EXPECT_EQ(last_bytes, (std::vector<unsigned>{5, 6, 6}));
  addrinfo* none = nullptr;
  EXPECT_NE(getaddrinfo("unknown.test", "80", &hints, &none), 0);
}

}  // namespace gantry::egress::testing

// Stands before the C library's in the whole test program, libcurl included.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  return gantry::egress::testing::look_up(node, service, hints, result);
}
