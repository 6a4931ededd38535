#pragma once

// For bugs only; an expected failure is a value (see Result.h), and bytes from a peer are always expected failures.
// SC_VERIFY is checked in every build, SC_ASSERT in builds without NDEBUG. Both print the expression and place, then abort.

namespace servercore {

[[noreturn]] void AssertionFailed(const char* expression, const char* file, int line) noexcept;

}  // namespace servercore

#define SC_VERIFY(expression) \
    (static_cast<bool>(expression) ? static_cast<void>(0) : ::servercore::AssertionFailed(#expression, __FILE__, __LINE__))

#ifdef NDEBUG
#define SC_ASSERT(expression) static_cast<void>(sizeof(static_cast<bool>(expression)))
#else
#define SC_ASSERT(expression) SC_VERIFY(expression)
#endif
