#pragma once

#include <system_error>
#include <utility>
#include <variant>

#include "ServerCore/Base/Assert.h"

namespace servercore {

// A value, or the std::error_code that says why there is none. Shaped like std::expected<T, std::error_code> (C++23).
// Threads: as T.  Precondition of value access: the result holds a value (verified in every build).
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(std::error_code error) : state_(std::in_place_index<1>, error) { SC_ASSERT(error); }

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    // Success is an empty error_code.
    [[nodiscard]] std::error_code error() const noexcept {
        const auto* error = std::get_if<1>(&state_);
        return error != nullptr ? *error : std::error_code{};
    }

    [[nodiscard]] T& value() & { return Checked(); }
    [[nodiscard]] const T& value() const& { return const_cast<Result*>(this)->Checked(); }
    [[nodiscard]] T&& value() && { return std::move(Checked()); }

    T& operator*() & { return Checked(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(Checked()); }
    T* operator->() { return &Checked(); }
    const T* operator->() const { return &value(); }

private:
    T& Checked() {
        SC_VERIFY(has_value());
        return *std::get_if<0>(&state_);
    }

    std::variant<T, std::error_code> state_;
};

}  // namespace servercore
