#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Platform/IoBackend.h"

namespace servercore::test {

// What one send of at most so many buffers would carry from a SendQueue or an Outbox, one string per buffer.
template <class Queue>
[[nodiscard]] std::vector<std::string> GatheredFrom(Queue& queue, std::size_t atMost = platform::IoBackend::kMaxGather) {
    std::array<ConstBytes, platform::IoBackend::kMaxGather> views;
    const std::size_t count = queue.Gather(std::span(views).first(atMost));
    std::vector<std::string> result;
    for (const ConstBytes view : std::span(views).first(count)) {
        result.emplace_back(reinterpret_cast<const char*>(view.data()), view.size());
    }
    return result;
}

}  // namespace servercore::test
