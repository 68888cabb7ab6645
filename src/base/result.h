#pragma once
// Result<T>: a value or an Error. TRY and CO_TRY keep the happy path flat; they are declarations
// (`TRY(auto room, find_room(id));`), because g++ 12 cannot compile the expression form around
// co_await.

#include <utility>
#include <variant>

#include "base/error.h"

namespace gantry {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result() = default;  // an internal error: Boost 1.81's co_spawn wants a default
  Result(T value) : state_(std::in_place_index<1>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<0>, std::move(error)) {}
  Result(ErrorCode code, Place at = Place::current())
      : state_(std::in_place_index<0>, Error(code, at)) {}

  explicit operator bool() const { return state_.index() == 1; }
  T& operator*() & { return std::get<1>(state_); }
  const T& operator*() const& { return std::get<1>(state_); }
  T&& operator*() && { return std::get<1>(std::move(state_)); }
  T* operator->() { return &std::get<1>(state_); }
  const T* operator->() const { return &std::get<1>(state_); }
  Error& error() & { return std::get<0>(state_); }
  const Error& error() const& { return std::get<0>(state_); }
  Error&& error() && { return std::get<0>(std::move(state_)); }

 private:
  std::variant<Error, T> state_;
};

struct Done {};

// Nothing to return but success. `return {};` is an error by default construction, so success is
// said: `return Done{};`.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Done) : failed_(false) {}
  Result(Error error) : error_(std::move(error)) {}
  Result(ErrorCode code, Place at = Place::current()) : error_(code, at) {}

  explicit operator bool() const { return !failed_; }
  Error& error() & { return error_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  bool failed_ = true;
  Error error_;
};

}  // namespace gantry

#define GANTRY_CONCAT_(a, b) a##b
#define GANTRY_CONCAT(a, b) GANTRY_CONCAT_(a, b)

#define GANTRY_TRY_(temp, leave, decl, ...) \
  auto temp = (__VA_ARGS__);                \
  if (!temp) leave std::move(temp).error(); \
  decl = *std::move(temp)
#define GANTRY_CHECK_(temp, leave, ...) \
  if (auto temp = (__VA_ARGS__); !temp) leave std::move(temp).error()

// TRY(auto x, expr): x is the value, or the function returns the error.
#define TRY(decl, ...) GANTRY_TRY_(GANTRY_CONCAT(result_, __LINE__), return, decl, __VA_ARGS__)
#define CO_TRY(decl, ...) \
  GANTRY_TRY_(GANTRY_CONCAT(result_, __LINE__), co_return, decl, __VA_ARGS__)
// For results without a value, or whose value is not wanted.
#define TRY_DO(...) GANTRY_CHECK_(GANTRY_CONCAT(result_, __LINE__), return, __VA_ARGS__)
#define CO_TRY_DO(...) GANTRY_CHECK_(GANTRY_CONCAT(result_, __LINE__), co_return, __VA_ARGS__)
