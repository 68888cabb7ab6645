#pragma once
// The table of operations, and the form in which they are added: request and reply types are
// deduced from the handler's signature.
//
//   routes.post("/api/v1/groups.rename", groups, &GroupsApi::rename, {.summary = "..."});
//
// A handler is `Task<Out> (Caller, In)`, or `Result<Out> (Caller, In)` where nothing is waited
// for. In and Out are structs with field tables; In may be RawRequest and Out may be Reply.

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "dispatch/decode.h"
#include "dispatch/operation.h"
#include "wire/fields.h"

namespace gantry::dispatch {

// For tables that are asked with views.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return text_hash(text); }
};

// For handlers without parameters, and without anything to say but success.
struct NoParameters {
  static constexpr auto fields() { return std::tuple{}; }
};
struct Success {
  static constexpr auto fields() { return std::tuple{}; }
};

Reply to_reply(const Error& error);
Reply to_reply(json::object body);  // adds "success": true

class Routes {
 public:
  template <class Owner, class Handler>
  void get(std::string path, Owner& owner, Handler handler, RouteOptions options) {
    add(Method::Get, std::move(path), owner, handler, std::move(options));
  }
  template <class Owner, class Handler>
  void post(std::string path, Owner& owner, Handler handler, RouteOptions options) {
    add(Method::Post, std::move(path), owner, handler, std::move(options));
  }
  template <class Owner, class Handler>
  void put(std::string path, Owner& owner, Handler handler, RouteOptions options) {
    add(Method::Put, std::move(path), owner, handler, std::move(options));
  }
  template <class Owner, class Handler>
  void remove(std::string path, Owner& owner, Handler handler, RouteOptions options) {
    add(Method::Delete, std::move(path), owner, handler, std::move(options));
  }

  struct Match {
    const Operation* operation = nullptr;
    std::vector<std::pair<std::string, std::string>> parameters;
  };
  // Literal segments win over parameters.
  Match find(Method method, std::string_view path) const;

  // In the order in which they were added.
  const std::deque<Operation>& operations() const { return operations_; }

 private:
  template <class Owner, class Out, class In>
  void add(Method method, std::string path, Owner& owner,
           Task<Out> (Owner::*handler)(domain::Caller, In), RouteOptions options) {
    declare<Out, In>(method, std::move(path), owner, handler, std::move(options));
  }
  template <class Owner, class Out, class In>
  void add(Method method, std::string path, Owner& owner,
           Result<Out> (Owner::*handler)(domain::Caller, In), RouteOptions options) {
    declare<Out, In>(method, std::move(path), owner, handler, std::move(options));
  }

  template <class Out, class In, class Owner, class Handler>
  void declare(Method method, std::string path, Owner& owner, Handler handler,
               RouteOptions options) {
    Operation& operation = add_operation<Out, In>(method, std::move(path), std::move(options));
    operation.invoke = [&owner, handler](const Operation& self, Invocation& invocation) -> Answer {
      auto in = decode<In>(self, invocation);
      if (!in) return to_reply(in.error());
      Admission admission = invocation.gate.admit(invocation.caller);
      if (Reply* refused = std::get_if<Reply>(&admission)) return std::move(*refused);
      if (Task<void>* check = std::get_if<Task<void>>(&admission)) {
        auto held = std::make_shared<std::pair<domain::Caller, In>>(std::move(invocation.caller),
                                                                    *std::move(in));
        return run_after(std::move(*check), [&owner, handler, held] {
          return run(&owner, handler, std::move(held->first), std::move(held->second));
        });
      }
      return run(&owner, handler, std::move(invocation.caller), *std::move(in));
    };
  }

  template <class Owner, class Out, class In>
  static Answer run(Owner* owner, Task<Out> (Owner::*handler)(domain::Caller, In),
                    domain::Caller caller, In in) {
    return wait(owner, handler, std::move(caller), std::move(in));
  }
  template <class Owner, class Out, class In>
  static Answer run(Owner* owner, Result<Out> (Owner::*handler)(domain::Caller, In),
                    domain::Caller&& caller, In&& in) {
    return finish((owner->*handler)(std::move(caller), std::forward<In>(in)));
  }
  template <class Owner, class Out, class In>
  static asio::awaitable<Reply> wait(Owner* owner, Task<Out> (Owner::*handler)(domain::Caller, In),
                                     domain::Caller caller, In in) {
    co_return finish(co_await (owner->*handler)(std::move(caller), std::move(in)));
  }
  // Goes on to `handle` when the check succeeds.
  static asio::awaitable<Reply> run_after(Task<void> check, std::function<Answer()> handle);

  template <class Out>
  static Reply finish(Result<Out> result) {
    if (!result) return to_reply(result.error());
    if constexpr (std::is_same_v<Out, Reply>) {
      return *std::move(result);
    } else if constexpr (std::is_same_v<Out, json::object>) {
      return to_reply(*std::move(result));
    } else {
      return to_reply(wire::to_json(*result));
    }
  }

  template <class Out, class In>
  Operation& add_operation(Method method, std::string path, RouteOptions options) {
    Operation operation;
    operation.method = method;
    operation.path = std::move(path);
    operation.options = std::move(options);
    operation.raw = std::is_same_v<In, RawRequest>;
    if constexpr (!std::is_same_v<In, RawRequest>) operation.request = wire::schema_of<In>();
    if constexpr (wire::HasFields<Out>) operation.reply = wire::schema_of<Out>();
    return insert(std::move(operation));
  }
  Operation& insert(Operation operation);

  std::deque<Operation> operations_;
  // By path, for each method.
  std::array<std::unordered_map<std::string, const Operation*, TextHash, std::equal_to<>>, 4>
      literal_;
  std::vector<const Operation*> with_parameters_;
};

}  // namespace gantry::dispatch
