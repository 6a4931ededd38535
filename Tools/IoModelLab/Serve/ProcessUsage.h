#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iolab {

// What a process has taken from its machine so far.
// Threads: a value.
struct ProcessUsage {
    std::uint64_t cpuMicroseconds = 0;  // of all threads, in the program and in the kernel
    std::uint64_t memoryKibibytes = 0;  // resident; a socket's buffers are the kernel's and not among it
    std::uint64_t threads = 0;
    std::uint64_t switches = 0;  // how often a thread has given up its processor, or lost it; Windows does not tell

    // Of this process. What the system does not tell is 0.
    [[nodiscard]] static ProcessUsage OfThisProcess();

    // "usage cpu-us=N memory-kib=N threads=N switches=N", and back again.
    [[nodiscard]] std::string ToString() const;
    [[nodiscard]] static std::optional<ProcessUsage> Parse(std::string_view line);
};

// Sockets are descriptors on Linux, and a shell's limit of 1024 of them would be the limit of every model: raises it as far as may be.
void RaiseDescriptorLimit() noexcept;

}  // namespace iolab
