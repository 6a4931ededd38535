#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "ServerCore/Platform/NetAddress.h"

namespace servercore::test {

// Clients in a process of their own, which has as many descriptors as this one: they connect, say nothing and wait for the server to end
// it. Owner: the test, which makes it before it has threads.  Threads: confined to one. What fails throws.
class SilentCrowd {
public:
    explicit SilentCrowd(std::size_t clients);
    // Ends the process.
    ~SilentCrowd();
    SilentCrowd(const SilentCrowd&) = delete;
    SilentCrowd& operator=(const SilentCrowd&) = delete;

    // How many they are: `clients`, or as many as the process may have.
    [[nodiscard]] std::size_t Count() const noexcept { return count_; }

    // They begin to connect; an IPv4 address of this machine.
    void Connect(const NetAddress& server);

    // Waits until the server has ended the last of them. False: one of them could not connect, was sent something or waited too long.
    [[nodiscard]] bool AwaitEnd();

private:
    std::size_t count_;
    int channel_ = -1;
    pid_t process_ = -1;
};

}  // namespace servercore::test
