#pragma once

#include "ServerCore/Base/Bytes.h"

namespace servercore {

// Well-formed as in RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool IsUtf8(ConstBytes text) noexcept;

}  // namespace servercore
