#include "ServerCore/Base/Assert.h"

#include <cstdio>
#include <cstdlib>

namespace servercore {

void AssertionFailed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
    std::fflush(stderr);
    std::abort();
}

}  // namespace servercore
