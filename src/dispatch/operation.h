#pragma once
// A declared operation: what the routes table says of it, and how to run it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/exchange.h"
#include "dispatch/rate_limiter.h"
#include "domain/permission.h"
#include "domain/settings.h"
#include "domain/user.h"
#include "wire/schema.h"

namespace gantry::dispatch {

enum class Auth { Required, Open };

// Which texts a failing validation has; source: contract "rest" 5.
enum class Validation { Older, Newer };

enum class Rate {
  Default,  // the workspace's settings
  PerPath,  // the limits of hooks, the first of them per whole path, without bypass
  Unlimited,
};

using PathParameters = std::vector<std::pair<std::string, std::string>>;

// Routes marked 2FA ask for a second factor (contract "rest" 10). EachTime: a factor that was
// passed a while ago does not count.
enum class SecondFactor { NotAsked, Asked, EachTime };

// What the caller may lack is said with the strictest value as default.
struct RouteOptions {
  Auth auth = Auth::Required;
  std::vector<domain::Permission> any_permission;  // empty: none is asked for
  Validation validation = Validation::Older;
  Rate rate = Rate::Default;
  // With Rate::Default: a limit of the route's own, or the setting that says how many calls it
  // takes.
  std::optional<RateLimit> own_limit;
  std::optional<domain::Setting> calls_setting;
  // Lifts the limit, as api-bypass-rate-limit does everywhere.
  std::optional<domain::Permission> limit_lifted_by;
  SecondFactor second_factor = SecondFactor::NotAsked;
  std::string summary;
  std::size_t body_bytes_max = 10 * 1024 * 1024;
  std::optional<domain::Setting> body_bytes_setting;  // may lower it
  // With Rate::PerPath: what the calls of all clients are counted for; empty: not counted so.
  std::function<std::string(const PathParameters&)> shared_limit_of;
  bool in_openapi = true;
};

// Counts the call and asks for the second factor: after the shape was checked, before the handler.
class Gate {
 public:
  virtual Admission admit(const domain::Caller& caller) = 0;

 protected:
  ~Gate() = default;
};

// What an operation's invocation may use besides the call.
struct Invocation {
  Call& call;
  domain::Caller caller;
  PathParameters path_parameters;
  Gate& gate;
};

struct Operation {
  std::uint32_t number = 0;  // its place among all
  Method method = Method::Get;
  std::string path;  // with :name segments
  RouteOptions options;
  wire::Schema request;
  wire::Schema reply;
  bool raw = false;  // reads bytes itself; the schemas say nothing
  std::function<Answer(const Operation&, Invocation&)> invoke;

  std::string name() const { return std::string(to_text(method)) + " " + path; }
};

}  // namespace gantry::dispatch
